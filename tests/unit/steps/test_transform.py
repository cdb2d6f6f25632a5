import gzip
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from muster import lake
from muster.catalog import catalog
from muster.quality.report import fingerprint, report_path
from muster.settings import settings
from muster.steps.fetch import fetch
from muster.steps.load import load
from muster.steps.publish import publish
from muster.steps.transform import TransformError, transform
from muster.warehouse import NotLoadedError, reader, tables

HITS = (
    '"Gene Symbol","MGI Gene Id","# Phenotype Hits","Phenotype Hits"\n'
    '"Abc1","MGI:1","2","Small Ears::hyperplasia/Spleen - MPATH process term::blue ears"\n'
    '"Abc1old","MGI:1","0",""\n'
    '"Zfp1","MGI:2","0",""\n'
)
ONTOLOGY = (
    "mp_term_id,mp_term_name,obsolete,parent_ids\nMP:0000001,mammalian phenotype,False,\n"
    "MP:0000002,ear phenotype,False,MP:0000001\nMP:0000003,small ears,False,MP:0000002\n"
)
ORTHOLOGUES = "ABC1\t1\tAbc1\tMGI:1\nZFP1\t2\tZfp1\tMGI:2\nZFP1\t2\tZfp1b\tMGI:3\n"


def companion(mirror: Path, name: str, text: str) -> None:
    (mirror / "companions" / catalog().companions[name].forms[-1].path).write_bytes(gzip.compress(text.encode()))


def ingest(mirror: Path, release: str = "18.0", ontology: str = ONTOLOGY) -> None:
    companion(mirror, "mp_ontology", ontology)
    companion(mirror, "orthologues", ORTHOLOGUES)
    fetch(release)
    load(release)


def rows(sql: str, release: str = "18.0") -> list[tuple]:
    with reader(release) as warehouse:
        return warehouse.execute(sql).fetchall()


def test_a_release_with_nothing_but_hits_gives_closed_calls_and_says_what_it_cannot(write_mirror, caplog) -> None:
    ingest(write_mirror(phenotype_hits_per_gene=HITS))

    transform("18.0")

    found = rows(
        "select gene_id, mp_term_id, status, is_direct, tested_evidence from marts.gene_phenotypes order by all"
    )
    assert found == [
        ("MGI:1", "MP:0000001", "called", False, "gene"),
        ("MGI:1", "MP:0000002", "called", False, "gene"),
        ("MGI:1", "MP:0000003", "called", True, "gene"),
        ("MGI:2", "MP:0000001", "tested", False, "gene"),
        ("MGI:2", "MP:0000002", "tested", False, "gene"),
        ("MGI:2", "MP:0000003", "tested", False, "gene"),
    ]
    assert rows("select term_name from marts.pathology_calls") == [("hyperplasia/Spleen - MPATH process term",)]
    assert rows("select term_name, reason from marts.unmatched_hits") == [("blue ears", "name is not in the ontology")]
    assert rows("select gene_id, symbol, human_symbol, is_tested from marts.genes order by gene_id") == [
        ("MGI:1", "Abc1", "ABC1", True),
        ("MGI:2", "Zfp1", None, True),
        ("MGI:3", "Zfp1b", None, False),
    ]
    assert rows("select count(*) from marts.measurements") == [(0,)]
    assert "<html" in (settings().release_reports("18.0") / "dbt_docs" / "index.html").read_text()
    with caplog.at_level(logging.INFO):
        transform("18.0")
    assert "nothing changed" in caplog.text


def test_a_failing_test_is_named_and_takes_back_what_was_said_of_the_marts(write_mirror) -> None:
    ingest(write_mirror(phenotype_hits_per_gene=HITS), ontology=ONTOLOGY + "MP:0000003,small ears,False,MP:0000002\n")
    checks = settings().release_reports("18.0") / "checks" / "marts.json"
    lake.write_json(checks, {"passed": True})

    with pytest.raises(TransformError) as raised:
        transform("18.0")

    assert "unique_stg_mp__terms_mp_term_id" in str(raised.value)
    assert "dbt.log" in str(raised.value)
    assert not checks.exists()
    with reader("18.0") as warehouse:
        assert "transformed" not in tables(warehouse, "main")


def test_a_release_that_is_not_loaded_names_the_command() -> None:
    with pytest.raises(NotLoadedError, match=r"muster load 18\.0"):
        transform("18.0")


@pytest.fixture(scope="module")
def loaded_data(tiny_mirror, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the tiny release 22.0 loaded."""
    data = tmp_path_factory.mktemp("loaded")
    with pytest.MonkeyPatch.context() as patch:
        use(patch, data, tiny_mirror.url)
        fetch("22.0")
        load("22.0")
    settings.cache_clear()
    return data


@pytest.fixture(scope="module")
def calm_data(tiny_mirror, loaded_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, transformed and published without a disturbance."""
    data = tmp_path_factory.mktemp("calm")
    shutil.copytree(loaded_data, data, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        use(patch, data, tiny_mirror.url)
        transform("22.0")
        publish_unchecked("22.0")
    settings.cache_clear()
    return data


@pytest.fixture
def calm(calm_data: Path, tiny_mirror, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    use(monkeypatch, calm_data, tiny_mirror.url)
    yield calm_data
    settings.cache_clear()


def use(patch: pytest.MonkeyPatch, data: Path, url: str) -> None:
    patch.setenv("MUSTER_DATA", str(data))
    patch.setenv("MUSTER_MIRROR", f"tiny={url}")
    settings.cache_clear()


def publish_unchecked(release: str) -> Path:
    with reader(release) as warehouse:
        for stage in ("raw", "staging", "marts"):
            passed = {"passed": True, "fingerprint": fingerprint(warehouse, stage)}
            lake.write_json(report_path(stage, release), passed)
    return publish(release)


@pytest.mark.slow
def test_every_mart_of_a_full_release_has_rows(calm) -> None:
    assert set(lake.manifest("22.0")["absent"]) <= {"unmatched_hits"}


@pytest.mark.slow
def test_every_column_that_was_built_is_described(calm) -> None:
    target = settings().workspace / "dbt" / "22.0" / "target"
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]

    built = json.loads((target / "catalog.json").read_text())["nodes"]

    assert len(built) > 80
    for node, table in built.items():
        described = {name for name, column in nodes[node]["columns"].items() if column["description"]}
        assert set(table["columns"]) == described, node


@pytest.mark.slow
def test_the_calls_are_those_of_the_assertions(calm) -> None:
    asserted = rows(
        "select distinct marker_accession_id, mp_term_id from raw.assertions where mp_term_id like 'MP:%' order by all",
        "22.0",
    )

    called = lake.read("22.0", "gene_phenotypes").filter("is_direct").project("gene_id, mp_term_id").order("all")

    assert called.fetchall() == asserted


@pytest.mark.slow
def test_what_the_centre_explains_of_the_controls_vanishes(calm) -> None:
    share = (
        "with controls as (select centre, {0}::double as value from marts.measurements where is_control"
        " and sex = 'male' and trait_id = 'distance'), centres as (select count(*) as n, avg(value) as mean"
        " from controls group by centre) select (select sum(n * power(mean - (select avg(value) from controls), 2))"
        " from centres) / (select var_pop(value) * count(*) from controls)"
    )

    ((before,),) = rows(share.format("value"), "22.0")
    ((after,),) = rows(share.format("control_z"), "22.0")

    assert before > 0.5
    assert after < 0.05


@pytest.mark.slow
def test_dbt_killed_in_the_middle_ends_in_the_same_bytes(
    calm, loaded_data: Path, tiny_mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calm_marts = lake.manifest("22.0")["marts"]
    shutil.copytree(loaded_data, tmp_path / "disturbed")
    use(monkeypatch, tmp_path / "disturbed", tiny_mirror.url)
    process = subprocess.Popen(
        [sys.executable, "-m", "muster", "transform", "22.0"],
        env=settings().subprocess_environment(COLUMNS="200"),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    for line in process.stderr or ():
        if "int_lines_resolved" in line:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()

    transform("22.0")

    assert process.returncode == -signal.SIGKILL
    publish_unchecked("22.0")
    assert lake.manifest("22.0")["marts"] == calm_marts
