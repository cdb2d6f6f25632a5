"""What `sources.yml` declares: where each file lies in each release, and what a new release costs."""

import re
from typing import Any

import pytest
import yaml

from muster.catalog import Catalog, Section, SourceFile, catalog
from muster.settings import settings

SINCE_12 = {
    "csv/ALL_genotype_phenotype": "results/genotype-phenotype-assertions-ALL",
    "csv/IMPC_ALL_statistical_results": "results/statistical-results-ALL",
    "reports/dataOverviewReport": "results/dataOverview",
    "reports/fertilityReport": "results/fertility",
    "reports/hitsPerLineReport": "results/phenotypeHitsPerLine",
    "reports/hitsPerParameterAndProcedureReport": "results/phenotypeHitsPerParameterAndProcedure",
    "reports/laczExpressionReport": "results/laczExpression",
    "reports/phenotypeHitsReport": "results/phenotypeHitsPerTopLevelMPTerm",
    "reports/phenotypeOverviewPerGeneReport": "results/phenotypeHitsPerGene",
    "reports/procedureCompletenessAllReport": "results/procedureCompletenessAndPhenotypeHits",
    "reports/viabilityReport": "results/viability",
    "reports/zygosityReport": "results/geneAndMPTermAssociation",
}


def paths(release: str) -> set[str | None]:
    return {source.path_at(release) for source in catalog().files.values()}


@pytest.mark.parametrize("release", ["1.0", "04.2", "9.2", "11.0"])
def test_before_12_files_have_their_old_names(release: str) -> None:
    assert {f"{name}.csv.gz" for name in SINCE_12} <= paths(release)


@pytest.mark.parametrize("release", ["12.0", "15.0"])
def test_from_12_on_they_have_the_names_of_the_map_of_that_release(release: str) -> None:
    assert {f"{name}.csv.gz" for name in SINCE_12.values()} <= paths(release)


@pytest.mark.parametrize(("release", "is_split"), [("15.0", False), ("15.1", True), ("24.0", True)])
def test_parameters_and_procedures_have_files_of_their_own_since_october_2021(release: str, is_split: bool) -> None:
    path = catalog().files["phenotype_hits_per_parameter_and_procedure"].path_at(release)

    assert path == f"results/phenotypeHitsPerP{'*' if is_split else 'arameterAndProcedure'}.csv.gz"


def test_from_24_on_fertility_and_overview_are_several_files() -> None:
    assert catalog().files["fertility"].path_at("23.0") == "results/fertility.csv.gz"
    assert {"results/fertility-*.csv.gz", "results/data-overview-*.csv.gz"} <= paths("24.0")


def test_a_release_that_changes_nothing_costs_no_line_and_one_that_renames_a_file_costs_one() -> None:
    text = (settings().root / "sources.yml").read_text()
    line = '      - {since: "12.0", path: results/viability.csv.gz}\n'
    renamed = text.replace(line, line + '      - {since: "25.0", path: results/viability-calls.csv.gz}\n')

    before, after = (Catalog.model_validate(yaml.safe_load(each)) for each in (text, renamed))

    assert {name: source.path_at("25.0") for name, source in before.files.items()} == {
        name: source.path_at("24.0") for name, source in before.files.items()
    }
    assert {
        name for name in after.files if after.files[name].path_at("25.0") != before.files[name].path_at("25.0")
    } == {"viability"}
    assert after.files["viability"].path_at("25.0") == "results/viability-calls.csv.gz"
    assert after.files["viability"].path_at("24.0") == "results/viability.csv.gz"


def test_an_era_may_say_that_a_file_is_gone() -> None:
    source = SourceFile.model_validate(
        {"eras": [{"since": "13.0", "path": "results/diff.csv.gz"}, {"since": "14.0", "path": None}]}
    )

    assert [source.path_at(release) for release in ("12.0", "13.0", "14.0")] == [None, "results/diff.csv.gz", None]


def test_a_heading_is_read_by_our_names_or_by_plain_ones() -> None:
    section = Section(name="x", renamed={"# Genes": "gene_count", "center": "centre"})

    assert [section.column(cell) for cell in ("# Genes", "Genes", "Center")] == ["gene_count", "genes", "centre"]


def test_no_two_sources_make_the_same_raw_table() -> None:
    declared = [*catalog().files.items(), *catalog().companions.items()]
    tables = [table for name, source in declared for table in source.tables(name)]

    assert len(tables) == len(set(tables))


def test_the_page_on_data_tells_every_file_and_every_table() -> None:
    page = (settings().root / "docs" / "data.md").read_text()
    cells = set(re.findall(r"`([^`\n]+)`", page))

    for name, source in catalog().files.items():
        assert set(source.tables(name)) <= cells, name
        assert {era.path.removesuffix(".csv.gz") for era in source.eras if era.path} <= cells, name


def test_every_raw_table_is_a_source_of_dbt() -> None:
    told = yaml.safe_load((settings().root / "dbt" / "models" / "sources.yml").read_text())
    known = {table["name"] for table in told["sources"][0]["tables"]}

    tables = {table for name, source in catalog().files.items() for table in source.tables(name)}
    assert tables <= known
    assert {"files", "unplaced_lines"} <= known


def test_no_key_of_the_sources_is_given_twice() -> None:
    class Strict(yaml.SafeLoader):
        """Refuses what YAML's own reader silently overwrites."""

    def mapping(loader: Strict, node: yaml.MappingNode) -> dict[str, Any]:
        keys = [loader.construct_object(key) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"line {node.start_mark.line + 1}: {keys}"
        return dict(zip(keys, (loader.construct_object(value, deep=True) for _, value in node.value), strict=True))

    Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)

    assert yaml.load((settings().root / "sources.yml").read_text(), Strict)
