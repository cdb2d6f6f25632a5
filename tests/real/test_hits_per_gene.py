"""The real report of 18.0 through load and dbt: what it holds is known, and what matches no term is told why."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from muster.settings import configure, settings
from muster.steps.fetch import fetch
from muster.steps.load import load

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"

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
        load("18.0")
        _build("pathology_calls", "unmatched_hits")
        with duckdb.connect(settings().warehouse("18.0"), read_only=True) as connection:
            yield connection
    settings.cache_clear()


def _build(*marts: str) -> None:
    """Build some marts and what they need, without their tests: the pairs of genes and terms alone are ten million."""
    project, work = settings().root / "dbt", settings().workspace / "dbt"
    work.mkdir(parents=True)
    options = [f"--{kind}-dir={project}" for kind in ("project", "profiles")]
    options += [f"--target-path={work}", f"--log-path={work}", "--vars", '{"release": "18.0", "xray_views": {}}']
    chosen = ["--select", *(f"+{mart}" for mart in marts), "--exclude", "resource_type:test"]
    environment = settings().subprocess_environment(
        MUSTER_WAREHOUSE=str(settings().warehouse("18.0")), MUSTER_SPILL=str(work / "spill")
    )
    command = [str(Path(sys.executable).with_name("dbt")), "build", *options, *chosen]
    subprocess.run(command, cwd=work, env=environment, check=True)


def test_nine_genes_stand_under_two_symbols(warehouse: duckdb.DuckDBPyConnection) -> None:
    counted = "select count(*), count(distinct gene_id) from raw.phenotype_hits_per_gene"
    twice = "select count(*) from (select 1 from raw.phenotype_hits_per_gene group by gene_id having count(*) > 1)"

    assert warehouse.execute(counted).fetchall() == [(8_425, 8_416)]
    assert warehouse.execute(twice).fetchall() == [(9,)]


def test_pathology_stands_apart_and_hardly_a_hit_is_left_unmatched(warehouse: duckdb.DuckDBPyConnection) -> None:
    counted = (
        "select outcome, count(distinct (gene_id, term_name)) from intermediate.int_calls_resolved group by outcome"
    )
    pairs = dict(warehouse.execute(counted).fetchall())

    assert sum(pairs.values()) == 36_201
    assert (
        warehouse.execute("select count(*) from marts.pathology_calls").fetchall()
        == [(pairs["pathology"],)]
        == [(926,)]
    )
    unmatched = warehouse.execute("select reason from marts.unmatched_hits").fetchall()
    assert len(unmatched) == 36_201 - 926 - pairs["call"]
    assert len(unmatched) < 0.01 * (36_201 - 926)
    assert all(reason for (reason,) in unmatched)


def test_a_report_without_a_lower_table_says_so(warehouse: duckdb.DuckDBPyConnection) -> None:
    told = "select is_absent, unplaced_count from raw.files where name = 'obsolete_pathology_terms'"

    assert warehouse.execute(told).fetchall() == [(True, 0)]
