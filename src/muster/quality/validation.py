"""Great Expectations over pandas frames: one run a stage, its results kept beside those of the other stage."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import great_expectations as gx
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.store import TupleFilesystemStoreBackend
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)

from muster.quality.data_docs import take_offline
from muster.quality.frames import Frame
from muster.quality.suites import Expectation

EXAMPLE_COUNT = 5


@dataclass(frozen=True)
class Finding:
    """An expectation that does not hold, and the first rows that show it."""

    table: str
    expectation: Expectation
    kwargs: dict[str, Any]
    unexpected_count: int
    observed: Any
    examples: list[dict[str, Any]]
    problem: str
    """Why it could not be judged at all, empty where it was."""


class SortedFiles(TupleFilesystemStoreBackend):  # type: ignore[misc]  # GX ships no types
    """Great Expectations' folder of files, listed in one order on every machine."""

    def list_keys(self, prefix: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
        """Return the keys of the files, sorted."""
        return sorted(super().list_keys(prefix))


class Validation:
    """One run of a stage's suites for a release."""

    def __init__(self, stage: str, release: str, moment: datetime, *, kept: Path, site: Path) -> None:
        """Start a run that keeps its suites and results in `kept` and can publish Data Docs to `site`."""
        self.stage = stage
        self.run_id = RunIdentifier(run_name=release, run_time=moment)
        self.site = site
        # What an earlier run of this stage found about a table that is gone by now would stay in the site.
        for folder in ("suites", "results"):
            shutil.rmtree(kept / folder / stage, ignore_errors=True)
        self.context = gx.get_context(mode="ephemeral", project_config=_configuration(kept.resolve(), site.resolve()))
        self.source = self.context.data_sources.add_pandas("warehouse")

    def judge(self, table: str, frame: Frame, suite: list[Expectation], parameters: dict[str, Any]) -> list[Finding]:
        """Return what does not hold in a frame."""
        name = f"{self.stage}.{table}"
        batch = self.source.add_dataframe_asset(name=name).add_batch_definition_whole_dataframe("whole")
        items = [_item(index, expectation) for index, expectation in enumerate(suite)]
        definition = gx.ValidationDefinition(
            name=name, data=batch, suite=self.context.suites.add(gx.ExpectationSuite(name=name, expectations=items))
        )
        outcome = self.context.validation_definitions.add(definition).run(
            batch_parameters={"dataframe": frame.data},
            expectation_parameters=parameters,
            result_format={
                "result_format": "SUMMARY",
                "unexpected_index_column_names": frame.keys,
                "partial_unexpected_count": EXAMPLE_COUNT,
            },
            run_id=self.run_id,
        )
        failed = [result.to_json_dict() for result in outcome.results if not result.success]
        failed.sort(key=lambda result: int(result["expectation_config"]["meta"]["item"]))
        return [_finding(table, suite, result) for result in failed]

    def publish(self) -> None:
        """Write Data Docs of this stage and of what is kept of the other one."""
        self.context.build_data_docs()
        moment = self.run_id.run_time.strftime("%Y%m%dT%H%M%S.%fZ")
        take_offline(self.site, moment)


def _configuration(kept: Path, site: Path) -> DataContextConfig:
    defaults = InMemoryStoreBackendDefaults()
    stores = {
        **defaults.stores,
        defaults.expectations_store_name: {
            "class_name": "ExpectationsStore",
            "store_backend": _files(kept / "suites", filepath_suffix=".json"),
        },
        defaults.validation_results_store_name: {
            "class_name": "ValidationResultsStore",
            "store_backend": _files(kept / "results"),
        },
    }
    data_docs = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "site_section_builders": {"profiling": "none"},
        "store_backend": _files(site),
    }
    return DataContextConfig(
        store_backend_defaults=defaults,
        stores=stores,
        data_docs_sites={"muster": data_docs},
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
    )


def _files(folder: Path, **options: str) -> dict[str, str]:
    return {"module_name": __name__, "class_name": SortedFiles.__name__, "base_directory": str(folder), **options}


def _item(index: int, expectation: Expectation) -> dict[str, Any]:
    return {
        "type": expectation.type,
        "kwargs": expectation.kwargs,
        "severity": expectation.severity,
        "notes": [expectation.meta.why],
        # Results come in an order of their own.
        "meta": {"item": index},
    }


def _finding(table: str, suite: list[Expectation], result: dict[str, Any]) -> Finding:
    config = result["expectation_config"]
    found = result["result"]
    return Finding(
        table=table,
        expectation=suite[config["meta"]["item"]],
        kwargs={name: value for name, value in config["kwargs"].items() if name != "batch_id"},
        unexpected_count=found.get("unexpected_count", 0),
        observed=found.get("observed_value"),
        examples=found.get("partial_unexpected_index_list") or [],
        problem=_problem(result["exception_info"]),
    )


def _problem(exceptions: dict[str, Any]) -> str:
    if "raised_exception" in exceptions:
        return exceptions["exception_message"] or ""
    return "; ".join(sorted({details["exception_message"] for details in exceptions.values()}))
