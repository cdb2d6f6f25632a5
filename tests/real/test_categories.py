"""The ears of Cib2, from the JSON of IMPC's site: categories are counted as its own record counts the animals."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from muster.settings import configure, settings
from muster.steps.add import add
from muster.steps.fetch import fetch
from muster.steps.load import load

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"
RECORD = REAL / "observations" / "web_full_statresult_categorical_Cib2.json.gz"

pytestmark = pytest.mark.skipif(
    not REAL.exists(), reason="the real IMPC files are not beside this checkout (../shared/data)"
)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_DATA", str(tmp_path_factory.mktemp("real")))
        patch.setenv("MUSTER_MIRROR", f"file:{REAL / 'mirror'}")
        patch.setenv("MUSTER_COMPANIONS", str(REAL / "companions"))
        configure()
        fetch("18.0")
        add("18.0", [RECORD])
        load("18.0")
        _build("category_counts")
        with duckdb.connect(settings().warehouse("18.0"), read_only=True) as connection:
            yield connection
    settings.cache_clear()


def _build(mart: str) -> None:
    project, work = settings().root / "dbt", settings().workspace / "dbt"
    work.mkdir(parents=True)
    options = [f"--{kind}-dir={project}" for kind in ("project", "profiles")]
    options += [f"--target-path={work}", f"--log-path={work}", "--vars", '{"release": "18.0"}']
    environment = settings().subprocess_environment(
        MUSTER_WAREHOUSE=str(settings().warehouse("18.0")), MUSTER_SPILL=str(work / "spill")
    )
    command = [str(Path(sys.executable).with_name("dbt")), "build", *options]
    command += ["--select", f"+{mart}", "--exclude", "resource_type:test"]
    subprocess.run(command, cwd=work, env=environment, check=True)


def test_animals_are_counted_as_the_released_record_counts_them(warehouse: duckdb.DuckDBPyConnection) -> None:
    counted = (
        "select is_control, sex, normal_count + abnormal_count from marts.category_counts group by all order by all"
    )

    # femaleMutantCount, maleMutantCount, femaleControlCount, maleControlCount of the record.
    assert warehouse.execute(counted).fetchall() == [
        (False, "female", 9),
        (False, "male", 13),
        (True, "female", 2782),
        (True, "male", 2807),
    ]


def test_the_table_of_impress_says_which_ears_are_abnormal(warehouse: duckdb.DuckDBPyConnection) -> None:
    counted = (
        "select is_control, sex, category, specimen_count from marts.category_counts where is_abnormal order by all"
    )

    assert warehouse.execute(counted).fetchall() == [
        (False, "female", "not as expected", 2),
        (False, "male", "not as expected", 4),
        (True, "female", "not as expected", 2),
    ]


def test_mutants_and_their_controls_share_a_group(warehouse: duckdb.DuckDBPyConnection) -> None:
    grouped = "select count(distinct group_id), count(distinct line_id) from marts.category_counts"

    assert warehouse.execute(grouped).fetchall() == [(1, 1)]
