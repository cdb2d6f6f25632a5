"""What the dbt docs say: every table and column, the file behind each source, and who reads the marts."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from muster.answers.app import build_app
from muster.catalog import catalog
from muster.specs import load_spec, model_names

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "dbt"
MARTS = {path.stem for path in (PROJECT / "models" / "marts").glob("*.sql")}
#: What has no file: the release itself, what was found while reading, what earlier releases left.
NOT_FILES = {"release", "files", "unplaced_lines", "earlier_calls", "earlier_control_groups", "earlier_genes", "images"}


def declared(kind: str) -> list[dict[str, Any]]:
    """Return what the project's YAML files declare of a kind: models, seeds, sources, exposures."""
    contents = [yaml.safe_load(path.read_text()) or {} for path in sorted(PROJECT.rglob("*.yml"))]
    return [entry for content in contents if isinstance(content.get(kind), list) for entry in content[kind]]


def read_marts(exposure: dict[str, Any]) -> set[str]:
    return {re.fullmatch(r"ref\('(\w+)'\)", reference)[1] for reference in exposure["depends_on"]}


def meta(exposure: dict[str, Any]) -> dict[str, Any]:
    return exposure.get("config", {}).get("meta", {})


EXPOSURES = {exposure["name"]: exposure for exposure in declared("exposures")}


@pytest.mark.parametrize("kind", ["models", "seeds"])
def test_every_table_and_every_column_is_described(kind: str) -> None:
    tables = declared(kind)

    silent = [table["name"] for table in tables if not (table.get("description") or "").strip()]
    silent += [table["name"] for table in tables if not table.get("columns")]
    columns = [(table["name"], column) for table in tables for column in table.get("columns", [])]
    silent += [f"{name}.{column['name']}" for name, column in columns if not (column.get("description") or "").strip()]

    assert silent == []
    assert len(columns) > (400 if kind == "models" else 10)


def test_every_seed_is_described_column_by_column() -> None:
    headers = {path.stem: path.read_text().splitlines()[0].split(",") for path in (PROJECT / "seeds").glob("*.csv")}

    described = {seed["name"]: [column["name"] for column in seed["columns"]] for seed in declared("seeds")}

    assert {name: sorted(columns) for name, columns in described.items()} == {
        name: sorted(columns) for name, columns in headers.items()
    }


def test_every_source_names_the_file_it_comes_from() -> None:
    tables = {table["name"]: table["description"] for source in declared("sources") for table in source["tables"]}
    files = {}
    for name, file in {**catalog().files, **catalog().companions}.items():
        newest = [era.path for era in file.eras if era.path][-1] if file.eras else file.path
        files.update(dict.fromkeys([section.name for section in file.sections] or [name], newest))

    assert set(tables) == set(files) | NOT_FILES
    assert [name for name, path in files.items() if f"From `{path}`" not in tables[name]] == []
    assert [name for name in NOT_FILES if " From " not in tables[name]] == []


def test_every_exposure_says_who_what_and_how_ripe() -> None:
    for name, exposure in EXPOSURES.items():
        assert exposure["owner"]["name"], name
        assert exposure["label"], name
        assert exposure["description"].endswith("."), name
        assert exposure["maturity"] in {"low", "medium", "high"}, name
        assert read_marts(exposure), name
        assert read_marts(exposure) <= MARTS, name


def test_every_model_spec_is_an_exposure_that_depends_on_what_the_model_needs() -> None:
    models = {name for name, exposure in EXPOSURES.items() if exposure.get("url", "").startswith("../../../models/")}

    assert models == set(model_names())
    for name in models:
        assert read_marts(EXPOSURES[name]) == set(load_spec(name).needs), name


def test_every_feature_service_is_an_exposure() -> None:
    tree = ast.parse((ROOT / "feature_repo" / "services.py").read_text())
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "FeatureService"
    ]
    services = {ast.literal_eval(word.value) for call in calls for word in call.keywords if word.arg == "name"}

    exposed = {name.removeprefix("features_") for name in EXPOSURES if name.startswith("features_")}

    assert exposed == services


def test_every_route_of_the_service_is_an_exposure_that_depends_on_what_its_models_need() -> None:
    paths = build_app().openapi()["paths"]
    routes = {f"{verb.upper()} {path}" for path, verbs in paths.items() for verb in verbs}
    exposed = {name: exposure for name, exposure in EXPOSURES.items() if name.startswith("service_")}

    assert {meta(exposure)["route"] for exposure in exposed.values()} == routes
    for name, exposure in exposed.items():
        models = meta(exposure)["models"]
        # Names of genes and terms are read live, by whatever asks for one of them.
        names = set() if models == ["xray"] else {"genes", "terms"}
        needed = names.union(*(load_spec(model).needs for model in models))
        assert read_marts(exposure) == needed, name


@pytest.mark.parametrize("name", [name for name, exposure in EXPOSURES.items() if "read_by" in meta(exposure)])
def test_an_exposure_depends_on_the_marts_that_its_code_reads(name: str) -> None:
    package = ROOT / "src" / "muster"
    places = [package / place for place in meta(EXPOSURES[name])["read_by"]]
    files = [file for place in places for file in ([place] if place.suffix else sorted(place.glob("*.py")))]

    text = "\n".join(file.read_text() for file in files)
    read = re.findall(r"(?:(?<!\.)folder|lake\.build\(\w+\)) / [\"'](\w+)\.parquet", text)
    read += re.findall(r"lake\.(?:read|has)\(\s*\w+, \"(\w+)\"", text)
    read += re.findall(r"\(\s*\"(\w+)\",\s+f?\"", text)

    assert set(read) & MARTS == read_marts(EXPOSURES[name])


def test_the_comparison_depends_on_every_mart() -> None:
    (name,) = (name for name, exposure in EXPOSURES.items() if meta(exposure).get("reads_every_mart"))

    assert name == "report_comparison"
    assert read_marts(EXPOSURES[name]) == MARTS


def test_the_docs_begin_with_how_to_read_them() -> None:
    text = (PROJECT / "models" / "overview.md").read_text()

    assert text.startswith("{% docs __overview__ %}")
    tables = MARTS | {seed["name"] for seed in declared("seeds")}
    named = set(re.findall(r"\| .* \|", text))
    assert {word for row in named for word in re.findall(r"`(\w+)`", row)} <= tables
