"""Every suite accepts good rows, and every statement in it is heard when what it guards is broken."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from muster.catalog import catalog
from muster.quality.frames import Frame, read_frame
from muster.quality.suites import Expectation, columns, suites
from muster.quality.validation import Validation
from muster.settings import configure, settings
from muster.steps.fetch import fetch
from muster.steps.load import load

PARAMETERS = {
    "centres": ["BCM", "HMGU", "ICS", "JAX", "MRC Harwell", "TCP", "UC Davis", "WTSI"],
    "xray_views": sorted(set(catalog().xray_views.values())),
    "released_on": "2024-11-04T00:00:00",
}

#: One good row of each mart and of each frame that counts.
GOOD: dict[tuple[str, str], dict[str, Any]] = {
    ("raw", "files"): {"name": "f", "row_count": 9.0, "duplicate_share": 0.0, "growth_ratio": 1.0, "is_absent": False},
    ("raw", "release"): {"release": "22.0", "gene_share": 1.0},
    ("marts", "volumes"): {"mart": "genes", "row_count": 9.0, "growth_ratio": 1.0, "repeated_share": 0.0},
    ("marts", "genes"): {
        "gene_id": "MGI:1", "symbol": "Abc1", "loeuf": 0.4, "missense_oe": 0.8, "shet": 0.1, "target_level": "Tbio",
        "novelty": 0.5, "has_one_to_one_orthologue": True, "is_tested": True, "hit_count": 3, "line_count": 1,
    },
    ("marts", "terms"): {
        "mp_term_id": "MP:0000001", "mp_term_name": "mammalian phenotype", "tested_gene_count": 9,
        "called_gene_count": 9, "is_obsolete": False,
    },
    ("marts", "lines"): {
        "line_id": "l1", "gene_id": "MGI:1", "zygosity": "homozygote", "centre": "JAX", "procedure_count": 12,
    },
    ("marts", "parameters"): {
        "parameter_key": "JAX_001|IMPC_HEM_001_001", "parameter_id": "IMPC_HEM_001_001", "factor": 1.0, "weight": 1.0,
        "centre_count": 8, "is_unit_expected": True,
    },
    ("marts", "measurements"): {
        "observation_id": "o1", "value": 7.5, "control_z": 0.0, "sex": "male", "zygosity": "homozygote",
        "centre": "JAX", "is_control": True, "weight_grams": 22.5, "age_days": 98, "batch": "2024-05-06",
    },
    ("marts", "line_effects"): {
        "line_id": "l1", "sex": "male", "p_value": 0.5, "released_p_value": 0.5, "standard_error": 0.3,
        "effect_size": 0.1, "mutant_count": 7, "control_count": 80, "centre": "JAX",
    },
    ("marts", "gene_phenotypes"): {
        "gene_id": "MGI:1", "mp_term_id": "MP:0000001", "status": "tested", "p_value": 0.5, "direction": "increased",
        "evidence": "assertions", "tested_evidence": "term", "first_release": "22.0",
    },
    ("marts", "viability"): {"gene_id": "MGI:1", "outcome": "viable", "rule_era": "from 20.0", "line_count": 1},
    ("marts", "images"): {
        "image_id": "i1", "view": "skull lateral", "sex": "male", "sha256": "0f" * 32, "weight_grams": 22.5,
        "age_days": 98, "centre": "JAX",
    },
    ("marts", "annotations"): {
        "gene_id": "MGI:1", "node_kind": ["go", "reactome", "tissue", "stage", "family"], "node_name": "a node",
        "weight": 1.0,
    },
    ("marts", "interactions"): {"gene_id_a": "MGI:1", "gene_id_b": "MGI:2", "source": "string", "score": 900.0},
}  # fmt: skip

#: Values that must be found out, by column; any other column gets a word nobody knows, and then none at all.
UNKNOWN = ["?", None]
BROKEN: dict[str, list[Any]] = {
    "batch": ["1066-10-14"],
    "date_of_experiment": ["1066-10-14"],
    "is_absent": [True],
    "is_obsolete": [True],
    "is_control": [False],
    "is_tested": [False],
    "is_unit_expected": [False],
    "has_one_to_one_orthologue": [False],
    "outcome": ["?", "conflicting"],
    "value": [None],
    "row_count": [0],
    "called_gene_count": [99],
    "unit_x": ["a text that is much too long to be the unit of anything at all"],
    **{
        column: [-1]
        for column in (
            *("factor", "loeuf", "missense_oe", "shet", "novelty", "weight", "p_value", "released_p_value", "score"),
            *("standard_error", "mutant_count", "control_count", "hit_count", "line_count", "procedure_count"),
            *("centre_count", "weight_grams", "age_days"),
        )
    },
    **{
        column: [9.9e13]
        for column in (
            *("duplicate_share", "growth_ratio", "gene_share", "repeated_share", "effect_size", "control_z"),
        )
    },
}


@pytest.fixture(scope="module")
def tiny_release(tiny_mirror: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_DATA", str(tmp_path_factory.mktemp("expectations")))
        patch.setenv("MUSTER_MIRROR", f"file:{tiny_mirror.folder}")
        patch.setenv("MUSTER_COMPANIONS", str(tiny_mirror.folder / "companions"))
        configure()
        fetch("22.0")
        load("22.0")
        yield settings().warehouse("22.0")


@pytest.fixture
def validation(tmp_path: Path) -> Validation:
    moment = datetime(2024, 11, 4, tzinfo=UTC)
    return Validation("raw", "22.0", moment, kept=tmp_path / "kept", site=tmp_path / "site")


SUITES = {(stage, table): suite for stage in ("raw", "marts") for table, suite in suites(stage).items()}
TABLES_OF_TINY = [table for stage, table in SUITES if stage == "raw" and ("raw", table) not in GOOD]
COUNTED = {"files", "release", "volumes"}


def good(stage: str, table: str, tiny: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Return a connection with the first rows of a table of the tiny release, or with its good row."""
    connection = duckdb.connect()
    connection.execute(f"create schema {stage}")
    if (stage, table) in GOOD:
        connection.register("rows", pd.DataFrame(GOOD[stage, table], index=range(5)))
        connection.execute(f"create table {stage}.{table} as select * from rows")
    else:
        connection.execute(f"attach '{tiny}' as tiny (read_only)")
        connection.execute(f"create table {stage}.{table} as select * from tiny.raw.{table} limit 300")
    return connection


def read(connection: duckdb.DuckDBPyConnection, stage: str, table: str) -> Frame:
    """Return what `check` would judge of a table."""
    if table in COUNTED:
        data = connection.sql(f"from {stage}.{table}").df()
        return Frame(data, len(data), list(data)[:1])
    frame = read_frame(connection, stage, table, columns(SUITES[stage, table]))
    assert frame is not None
    return frame


def rounds(suite: list[Expectation]) -> list[dict[str, Any]]:
    """Return what to break together: a column that chooses the rows of another statement is broken alone."""
    conditions = {column for expectation in suite for column in expectation.conditions}
    named = {expectation.columns[-1] for expectation in suite}
    together = [
        {
            column: options[number]
            for column in named - conditions
            if len(options := BROKEN.get(column, UNKNOWN)) > number
        }
        for number in range(2)
    ]
    return [broken for broken in [*together, {column: BROKEN[column][0] for column in named & conditions}] if broken]


@pytest.mark.parametrize("table", TABLES_OF_TINY)
def test_the_tiny_release_is_accepted(table: str, tiny_release: Path, validation: Validation) -> None:
    whole = read(duckdb.connect(tiny_release, read_only=True), "raw", table)

    assert validation.judge(table, whole, SUITES["raw", table], PARAMETERS) == []


@pytest.mark.parametrize(("stage", "table"), GOOD)
def test_good_rows_are_accepted(stage: str, table: str, validation: Validation) -> None:
    frame = read(good(stage, table), stage, table)

    assert validation.judge(table, frame, SUITES[stage, table], PARAMETERS) == []


@pytest.mark.parametrize(("stage", "table"), SUITES)
def test_every_statement_is_heard_when_its_column_is_broken(
    stage: str, table: str, tiny_release: Path, validation: Validation
) -> None:
    suite = SUITES[stage, table]
    heard = []

    for number, broken in enumerate(rounds(suite)):
        connection = good(stage, table, tiny_release)
        for column, value in broken.items():
            connection.execute(f'update {stage}.{table} set "{column}" = ?', [value])
        found = validation.judge(f"{table}_{number}", read(connection, stage, table), suite, PARAMETERS)
        heard += [finding.expectation for finding in found if not finding.problem]

    assert [expectation for expectation in suite if expectation not in heard] == []


@pytest.mark.parametrize("table", TABLES_OF_TINY)
def test_one_broken_row_of_the_tiny_release_is_heard(table: str, tiny_release: Path, validation: Validation) -> None:
    suite = SUITES["raw", table]
    connection = good("raw", table, tiny_release)
    for column in {expectation.columns[-1] for expectation in suite}:
        connection.execute(f'update raw.{table} set "{column}" = ? where rowid = 7', [BROKEN.get(column, UNKNOWN)[0]])

    found = validation.judge(table, read(connection, "raw", table), suite, PARAMETERS)

    assert found != []
    assert {finding.unexpected_count for finding in found} == {1}


def test_a_range_of_text_has_an_upper_end() -> None:
    # A word in place of a number is judged as infinity, so a range without an end would let it pass.
    open_ranges = [
        (table, expectation.columns)
        for table in TABLES_OF_TINY
        for expectation in SUITES["raw", table]
        if "min_value" in expectation.kwargs and "max_value" not in expectation.kwargs
    ]

    assert open_ranges == []
