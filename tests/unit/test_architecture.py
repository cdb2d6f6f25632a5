"""The rules of the house that a linter cannot hold."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src" / "muster").rglob("*.py"))
LIMITS = {"src": 300, "dags": 80, "serving": 100, "feature_repo": 80, "tests": 300}
DRAWERS = {"utils", "common", "helpers", "base", "misc", "core"}


def tracked() -> list[Path]:
    """Return every file git tracks or would track."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


@pytest.mark.parametrize("folder", LIMITS)
def test_no_python_file_is_longer_than_its_folder_allows(folder: str) -> None:
    files = [path for path in tracked() if path.suffix == ".py" and path.is_relative_to(ROOT / folder)]

    too_long = {str(path): lines for path in files if (lines := len(path.read_text().splitlines())) > LIMITS[folder]}

    assert too_long == {}


def test_no_module_is_a_drawer() -> None:
    assert [path for path in SOURCES if path.stem in DRAWERS or path.parent.name in DRAWERS] == []


def test_each_step_is_a_module_with_one_public_function_of_its_name() -> None:
    for path in (ROOT / "src" / "muster" / "steps").glob("*.py"):
        if path.stem != "__init__":
            assert re.search(rf"^def {path.stem}\(", path.read_text(), re.MULTILINE), path.name


def test_each_step_has_its_tests() -> None:
    steps = {path.stem for path in (ROOT / "src" / "muster" / "steps").glob("*.py")} - {"__init__"}

    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests" / "unit" / "steps").glob("test_*.py")}

    assert steps - tested == set()


def test_folders_read_by_tools_are_no_packages() -> None:
    folders = ["dags", "dbt", "expectations", "feature_repo", "models", "serving", "docker", "tests"]

    assert [path for name in folders for path in (ROOT / name).rglob("__init__.py")] == []


def test_dags_know_airflow_and_the_standard_library_only() -> None:
    for path in (ROOT / "dags").glob("*.py"):
        modules = re.findall(r"^(?:from|import) (\w+)", path.read_text(), re.MULTILINE)
        assert set(modules) <= {"airflow", "datetime", "pathlib"}, path.name


def test_no_absolute_path_of_a_machine_stands_in_the_code() -> None:
    guilty = [path for path in SOURCES if re.search(r"[\"'](/home|/work|/root|/Users|/tmp)/", path.read_text())]

    assert guilty == []


def test_every_dbt_model_says_what_a_row_is_and_has_its_twin() -> None:
    for path in (ROOT / "dbt" / "models").rglob("*.sql"):
        twin = path.with_suffix(".yml")
        assert twin.exists(), path.name
        (model,) = yaml.safe_load(twin.read_text())["models"]
        assert model["name"] == path.stem
        assert model["description"].startswith("One row per "), path.name


def test_every_expectation_gives_its_reason() -> None:
    for path in (ROOT / "expectations").glob("*.yml"):
        for item in yaml.safe_load(path.read_text()):
            assert item["meta"]["why"], f"{path.name}: {item['type']}"
            assert item["severity"] in {"critical", "warning", "info"}, path.name


def test_every_model_has_a_card() -> None:
    specs = {path.stem for path in (ROOT / "models").glob("*.yml")}

    assert {path.stem for path in (ROOT / "models").glob("*.md")} == specs


def test_no_tracked_file_is_data() -> None:
    too_big = [path.name for path in tracked() if path.stat().st_size > 500_000]
    assert too_big == []
    assert [path.name for path in tracked() if path.name.endswith((".csv.gz", ".parquet", ".duckdb", ".pkl"))] == []


def test_readme_names_the_two_commands_and_is_short() -> None:
    text = (ROOT / "README.md").read_text()

    assert "make demo" in text
    assert "make test" in text
    assert len(text.splitlines()) <= 120
