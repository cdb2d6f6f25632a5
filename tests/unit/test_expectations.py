"""Every suite accepts good rows, and every statement in it is heard when what it guards is broken."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pandas as pd
import pytest
import yaml

from muster.catalog import catalog
from muster.quality.counts import is_counted
from muster.quality.frames import Frame, read_frame
from muster.quality.suites import Expectation, columns, suites
from muster.quality.validation import Validation
from muster.settings import configure, settings
from muster.steps.fetch import fetch
from muster.steps.load import load
from muster.warehouse import writer

PARAMETERS = {
    "centres": ["BCM", "HMGU", "ICS", "JAX", "MRC Harwell", "TCP", "UC Davis", "WTSI"],
    "xray_views": sorted(set(catalog().xray_views.values())),
    "released_on": "2024-11-04T00:00:00",
}

#: One good row of each mart and of each frame that counts.
GOOD: dict[tuple[str, str], dict[str, Any]] = {
    ("raw", "files"): {"name": "f", "row_count": 9.0, "duplicate_share": 0.0, "is_absent": False},
    ("raw", "growth"): {
        "name": "f", "growth_ratio": 1.0, "refused_below": 0.5, "warned_below": 0.8, "warned_above": 1.3,
        "refused_above": 2.0,
    },
    ("raw", "natural_keys"): {
        "name": ["statistical_results", "assertions", "viability", "observations", "image_records"],
        "repeated_share": 0.0,
    },
    ("raw", "reconciliation"): {"comparison": "genes", "agreed_share": 1.0},
    ("raw", "references"): {
        "reference": [
            "assertions.mp_term_id in mp_ontology", "assertion_subsets.mp_term_id in mp_ontology",
            "phenotype_hits_per_gene.gene_id in orthologues", "mp_chooser.mp_term_id in mp_ontology",
            "observations.parameter_stable_id in parameters",
        ],
        "known_share": 1.0,
    },
    ("raw", "earlier_calls"): {"gene_id": "MGI:1", "mp_term_id": "MP:0000001", "release": "21.0"},
    ("raw", "earlier_genes"): {"gene_id": "MGI:1", "release": "21.0"},
    ("raw", "category_remapping"): {
        "source_row": 1, "parameter_stable_id": "IMPC_EYE_001_001", "category": "normal", "category_2": "0",
    },
    ("raw", "late_adult_parameters"): {
        "source_row": 1, "late_adult_parameter_id": "JAXLA_HEM_001_001", "early_adult_parameter_id": "IMPC_HEM_001_001",
    },
    ("raw", "parameter_crosswalk"): {
        "source_row": 1, "impc_key": "IMPC_CBC_001_001", "legacy_key": "ESLIM_015_001_004", "flag": "UNIT DIFFERS",
    },
    ("raw", "solr_fields"): {"source_row": 1, "core_doc": "Mp", "field": "mp_id", "java_type": "List<String>"},
    ("staging", "losses"): {"model": "stg_impc__observations", "column_name": "data_point", "lost_share": 0.0},
    ("staging", "stg_lake__earlier_calls"): {"gene_id": "MGI:1", "mp_term_id": "MP:0000001", "release": "21.0"},
    ("staging", "stg_lake__earlier_genes"): {"gene_id": "MGI:1", "release": "21.0"},
    ("staging", "stg_impress__category_meanings"): {
        "source_row": 1, "parameter_id": "IMPC_EYE_001_001", "category": "normal", "is_abnormal": True,
    },
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
    ("marts", "unmatched_hits"): {"gene_id": "MGI:1", "term_name": "odd tail", "reason": "no term has this name"},
    ("marts", "pathology_calls"): {"gene_id": "MGI:1", "term_id": "MPATH:127", "evidence": "assertions"},
    ("marts", "unmapped_symbols"): {"source": "go", "reason": "no orthologue", "symbol_count": 9},
    ("marts", "trait_ranges"): {
        "trait_id": "t1", "control_outside_share": 0.0, "mutant_outside_share": 0.0, "missing_z_share": 0.0,
        "same_value_share": 0.1, "z_median": 0.0, "z_spread": 1.0,
    },
    ("marts", "control_groups"): {
        "group_id": "g1", "treatment": "own", "spread": 1.5, "own_share": 0.9, "control_count": 80,
        "floor_share": 0.0, "ceiling_share": 0.0, "sex": "male", "centre": "JAX",
    },
    ("marts", "traits"): {
        "trait_id": "t1", "kind": "level", "centre_share_before": 0.9, "centre_share_after": 0.01,
        "heterogeneity": 0.2, "weight_slope": 0.1, "centre_count": 8,
    },
    ("marts", "trait_centres"): {
        "trait_id": "t1", "centre": "JAX", "coverage_weight": 1.0, "tested_share": 0.9, "control_count": 80,
        "mutant_count": 700, "spread": 1.5,
    },
    ("marts", "unit_evidence"): {
        "trait_id": "t1", "verdict": "label holds", "probability": 0.99, "factor": 1.0, "shift": 0.01,
        "control_count": 80, "centre": "JAX",
    },
    ("marts", "unit_verdicts"): {"trait_id": "t1", "verdict": "label holds"},
    ("marts", "batch_effects"): {
        "group_id": "g1", "control_count": 12, "effective_count": 9.5, "standard_error": 0.3, "drift": 0.1,
    },
    ("marts", "trait_pairs"): {
        "trait_id_a": "t1", "trait_id_b": "t2", "control_correlation": 0.3, "effect_correlation": 0.2,
        "control_count": 800, "effect_count": 90,
    },
    ("marts", "trait_groups"): {
        "trait_id": "t1", "representative_trait_id": "t1", "mean_correlation": 0.8, "is_representative": True,
    },
    ("marts", "line_profiles"): {
        "line_id": "l1", "effect_size": 0.4, "imputed_effect_size": 0.4, "is_measured": True,
    },
    ("marts", "imputation_quality"): {"trait_id": "t1", "r2": 0.3, "held_out_count": 90, "is_better": True},
    ("marts", "trait_agreement"): {
        "trait_id": "t1", "heterogeneity": 0.2, "effect_correlation": 0.6, "reference_line_count": 30,
    },
    ("marts", "category_counts"): {
        "category_count_id": "c1", "specimen_count": 3, "normal_count": 3, "abnormal_count": 0, "is_abnormal": True,
        "is_control": True, "sex": "male", "centre": "JAX",
    },
}  # fmt: skip

#: Values that must be found out, by column; any other column gets a word nobody knows, and then none at all.
UNKNOWN = ["?", None]
BROKEN: dict[str, list[Any]] = {
    "batch": ["1066-10-14"],
    "date_of_experiment": ["1066-10-14"],
    "is_absent": [True],
    "is_negated": [True],
    "is_obsolete": [True],
    "is_control": [False, None],
    "outcome": ["?", "conflicting"],
    "row_count": [0],
    "called_gene_count": [99],
    "interactor_a": ["two words", None],
    "unit_x": ["a text that is much too long to be the unit of anything at all"],
    **{
        column: [False, None]
        for column in (
            *("is_tested", "is_unit_expected", "has_one_to_one_orthologue", "is_representative", "is_measured"),
            *("is_better", "is_abnormal"),
        )
    },
    **{
        column: [-1]
        for column in (
            *("factor", "loeuf", "missense_oe", "shet", "novelty", "weight", "p_value", "released_p_value", "score"),
            *("standard_error", "mutant_count", "control_count", "hit_count", "line_count", "procedure_count"),
            *("centre_count", "weight_grams", "age_days", "tpm", "protein_level", "pup_count", "homozygote_percentage"),
            *("genotype_standard_error", "female_mutant_count", "male_mutant_count", "spread", "own_share"),
            *("floor_share", "ceiling_share", "centre_share_before", "coverage_weight", "tested_share", "probability"),
            *("effective_count", "effect_count", "held_out_count", "reference_line_count", "specimen_count"),
            *("normal_count", "abnormal_count", "symbol_count", "known_share", "agreed_share"),
        )
    },
    **{
        column: [9.9e13]
        for column in (
            *("duplicate_share", "growth_ratio", "gene_share", "repeated_share", "effect_size", "control_z"),
            *("lost_share", "control_outside_share", "mutant_outside_share", "missing_z_share", "same_value_share"),
            *("z_median", "z_spread", "centre_share_after", "heterogeneity", "weight_slope", "shift", "drift"),
            *("control_correlation", "effect_correlation", "mean_correlation", "imputed_effect_size", "r2"),
        )
    },
    **dict.fromkeys(["refused_below", "warned_below"], [1e15]),
}
#: The same, where a column of that name is something else elsewhere.
BROKEN_IN: dict[tuple[str, str], list[Any]] = {
    ("marts.measurements", "value"): [None],
    ("marts.unit_verdicts", "verdict"): ["label doubtful"],
    ("staging.stg_impc__observations", "experiment_on"): [None],
    ("staging.stg_impc__completed_lines", "procedure_ids"): [None],
    ("staging.stg_impc__gene_hits", "term_names"): [None],
    ("staging.stg_mp__terms", "parent_ids"): [[]],
    ("staging.stg_reactome__pathways", "human_symbols"): [[]],
}


def broken_values(stage: str, table: str, column: str) -> list[Any]:
    return BROKEN_IN.get((f"{stage}.{table}", column), BROKEN.get(column, UNKNOWN))


@pytest.fixture(scope="module")
def tiny_release(tiny_mirror: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_DATA", str(tmp_path_factory.mktemp("expectations")))
        patch.setenv("MUSTER_MIRROR", f"file:{tiny_mirror.folder}")
        patch.setenv("MUSTER_COMPANIONS", str(tiny_mirror.folder / "companions"))
        configure()
        fetch("22.0")
        load("22.0")
        with writer("22.0") as warehouse:
            show_staging(warehouse)
        yield settings().warehouse("22.0")


def show_staging(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Make the staging views by their SQL and macros alone: dbt takes twenty seconds for them."""
    project = settings().root / "dbt"
    macros = (project / "macros" / "cells.sql").read_text()
    for path in sorted((project / "models" / "staging").glob("*.sql")):
        template = jinja2.Environment(autoescape=False).from_string(macros + path.read_text())  # noqa: S701
        sql = template.render(source=lambda schema, table: f"{schema}.{table}")
        warehouse.execute(f"create or replace view staging.{path.stem} as {sql}")


@pytest.fixture
def validation(tmp_path: Path) -> Validation:
    moment = datetime(2024, 11, 4, tzinfo=UTC)
    return Validation("raw", "22.0", moment, kept=tmp_path / "kept", site=tmp_path / "site")


STAGES = ("raw", "staging", "marts")
SUITES = {(stage, table): suite for stage in STAGES for table, suite in suites(stage).items()}
OF_TINY = [(stage, table) for stage, table in SUITES if stage != "marts" and (stage, table) not in GOOD]
#: Marts that are being built: their suites are written, and not yet held against them.
AWAITED = {
    *("control_groups", "traits", "trait_centres", "unit_evidence", "batch_effects", "trait_pairs", "trait_groups"),
    *("line_profiles", "imputation_quality", "trait_agreement", "category_counts", "stg_impress__category_meanings"),
}


def good(stage: str, table: str, tiny: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Return a connection with the first rows of a table of the tiny release, or with its good row."""
    connection = duckdb.connect()
    connection.execute(f"create schema {stage}")
    if (stage, table) in GOOD:
        connection.register("rows", pd.DataFrame(GOOD[stage, table], index=range(5)))
        connection.execute(f"create table {stage}.{table} as select * from rows")
    else:
        connection.execute(f"attach '{tiny}' as tiny (read_only)")
        connection.execute(f"create table {stage}.{table} as select * from tiny.{stage}.{table} limit 300")
    return connection


def read(connection: duckdb.DuckDBPyConnection, stage: str, table: str) -> Frame:
    """Return what `check` would judge of a table."""
    if is_counted(stage, table):
        data = connection.sql(f"from {stage}.{table}").df()
        return Frame(data, len(data), list(data)[:1])
    frame = read_frame(connection, stage, table, columns(SUITES[stage, table]))
    assert frame is not None
    return frame


def rounds(stage: str, table: str) -> list[dict[str, Any]]:
    """Return what to break together: a column that chooses the rows of another statement is broken alone."""
    suite = SUITES[stage, table]
    conditions = {column for expectation in suite for column in expectation.conditions}
    named = {expectation.columns[-1] for expectation in suite}
    options = {column: broken_values(stage, table, column) for column in named}
    together = [
        {column: options[column][number] for column in named - conditions if len(options[column]) > number}
        for number in range(2)
    ]
    return [broken for broken in [*together, {column: options[column][0] for column in named & conditions}] if broken]


def declared() -> set[tuple[str, str]]:
    """Return the raw tables, staging models and marts that dbt knows."""
    models = settings().root / "dbt" / "models"
    (source,) = yaml.safe_load((models / "sources.yml").read_text())["sources"]
    made = {(stage, path.stem) for stage in ("staging", "marts") for path in (models / stage).glob("*.sql")}
    return {("raw", table["name"]) for table in source["tables"]} | made


def test_every_raw_table_every_staging_model_and_every_mart_has_a_suite() -> None:
    assert sorted(declared() - {*SUITES}) == []


def test_every_suite_is_about_something_that_is_made_or_counted() -> None:
    about_nothing = {(stage, table) for stage, table in {*SUITES} - declared() if not is_counted(stage, table)}

    assert {table for _, table in about_nothing} <= AWAITED


def test_every_statement_says_why() -> None:
    assert [key for key, suite in SUITES.items() for statement in suite if len(statement.meta.why) < 10] == []


@pytest.mark.parametrize(("stage", "table"), OF_TINY)
def test_the_tiny_release_is_accepted(stage: str, table: str, tiny_release: Path, validation: Validation) -> None:
    whole = read(duckdb.connect(tiny_release, read_only=True), stage, table)

    assert validation.judge(table, whole, SUITES[stage, table], PARAMETERS) == []


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

    for number, broken in enumerate(rounds(stage, table)):
        connection = good(stage, table, tiny_release)
        for column, value in broken.items():
            connection.execute(f'update {stage}.{table} set "{column}" = ?', [value])
        found = validation.judge(f"{table}_{number}", read(connection, stage, table), suite, PARAMETERS)
        heard += [finding.expectation for finding in found if not finding.problem]

    assert [expectation for expectation in suite if expectation not in heard] == []


@pytest.mark.parametrize(("stage", "table"), OF_TINY)
def test_one_broken_row_of_the_tiny_release_is_heard(
    stage: str, table: str, tiny_release: Path, validation: Validation
) -> None:
    found = []
    for number in range(2):
        connection = good(stage, table, tiny_release)
        for column in {expectation.columns[-1] for expectation in SUITES[stage, table]}:
            connection.execute(
                f'update {stage}.{table} set "{column}" = ?'
                f" where rowid = (select least(7, max(rowid)) from {stage}.{table})",
                broken_values(stage, table, column)[number:][:1] or broken_values(stage, table, column)[:1],
            )
        frame = read(connection, stage, table)
        found += validation.judge(f"{table}_{number}", frame, SUITES[stage, table], PARAMETERS)

    assert found != []
    assert {finding.unexpected_count for finding in found} == {1}


def test_a_range_of_text_has_an_upper_end() -> None:
    # A word in place of a number is judged as infinity, so a range without an end would let it pass.
    open_ranges = [
        (table, expectation.columns)
        for stage, table in OF_TINY
        for expectation in SUITES[stage, table]
        if stage == "raw" and "min_value" in expectation.kwargs and "max_value" not in expectation.kwargs
    ]

    assert open_ranges == []
