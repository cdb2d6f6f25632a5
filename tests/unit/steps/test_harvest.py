"""A harvest is whole and reconciled, or refused with its numbers; it goes on wherever it was stopped."""

import gzip
import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from muster.mirrors.solr import HarvestError, RefusedQueryError
from muster.settings import configure, settings
from muster.simulator import solr_faults
from muster.simulator.solr import Faults
from muster.steps.harvest import UnknownCoreError, Wanted, harvest

CORE = "impc_images"
PAGES = Wanted(rows=20)
DOCUMENTS = 138
COMMAND = "from muster.steps.harvest import *; import sys; harvest(sys.argv[1], Wanted(rows=20))"


def documents(folder: Path) -> list[dict]:
    parts = [folder / part["path"] for part in told(folder)["parts"]]
    return [json.loads(line) for part in parts for line in gzip.decompress(part.read_bytes()).splitlines()]


def told(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text())


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "manifest.json"}


def test_a_harvest_has_every_document_once_typed_and_with_its_lists(solr_mirror) -> None:
    with solr_mirror(Faults()):
        folder = harvest(CORE, PAGES)

    found = documents(folder)
    assert len({document["observation_id"] for document in found}) == len(found) == DOCUMENTS
    assert isinstance(found[0]["metadata"], list)
    assert (told(folder)["num_found"], told(folder)["rows"], len(told(folder)["parts"])) == (DOCUMENTS, DOCUMENTS, 7)
    assert (told(folder)["release"], told(folder)["sorted_by"]) == ("23.0", "id")
    parquet = duckdb.read_parquet(str(folder / "harvest.parquet"))
    types = dict(zip(parquet.columns, map(str, parquet.types), strict=True))
    assert [types[name] for name in ("metadata", "age_in_days", "weight")] == ["VARCHAR[]", "BIGINT", "DOUBLE"]
    assert parquet.count("*").fetchall() == [(DOCUMENTS,)]
    assert not list(folder.parent.glob("*.draft"))


def test_the_whole_core_comes_though_solr_answers_ten_by_default(solr_mirror) -> None:
    with solr_mirror(Faults()):
        folder = harvest("mp", Wanted())

    assert len(documents(folder)) > 50


def test_a_second_run_asks_for_nothing_unless_told_to(solr_mirror, caplog) -> None:
    caplog.set_level("INFO")
    with solr_mirror(Faults()):
        folder = harvest(CORE, PAGES)
        before = content(folder), told(folder)["fetched_at"]
        harvest(CORE, PAGES)
        assert "nothing changed (138 documents" in caplog.text
        time.sleep(1.1)
        harvest(CORE, Wanted(rows=20, is_again=True))

    assert content(folder) == before[0]
    assert told(folder)["fetched_at"] > before[1]


def test_a_part_that_is_lost_is_harvested_again(solr_mirror) -> None:
    with solr_mirror(Faults()):
        folder = harvest(CORE, PAGES)
        (folder / "part-00002.json.gz").unlink()
        harvest(CORE, PAGES)

    assert len(documents(folder)) == DOCUMENTS


@pytest.mark.parametrize("seed", range(6))
def test_a_killed_harvest_ends_with_the_same_bytes(solr_mirror, seed: int, tmp_path_factory) -> None:
    with solr_mirror(Faults()):
        undisturbed = content(harvest(CORE, PAGES))
    with solr_mirror(solr_faults.slow(0.1)):
        configure(data=tmp_path_factory.mktemp("killed"))
        environment = settings().subprocess_environment()
        process = subprocess.Popen([sys.executable, "-c", COMMAND, CORE], env=environment)
        folder = settings().landing / "solr" / "23.0" / CORE
        wait_for(lambda: any(folder.glob("*.draft/part-*")))
        time.sleep(random.Random(seed).uniform(0, 0.7))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert list(folder.glob("*.draft/part-*.json.gz"))

        assert content(harvest(CORE, PAGES)) == undisturbed


def wait_for(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_misspelt_field_is_refused_with_near_names(solr_mirror) -> None:
    with solr_mirror(Faults()), pytest.raises(HarvestError, match=r"no parametr_name \(perhaps parameter_name"):
        harvest("experiment", Wanted(fields=("specimen_id", "parametr_name")))


def test_values_with_blanks_and_colons_are_quoted_in_queries_and_filters(solr_mirror) -> None:
    wanted = Wanted("parameter_name:Fat mass", ("sex=female", "age_in_weeks=[1 TO 20]"), ("parameter_name", "sex"))
    with solr_mirror(Faults()):
        folder = harvest("experiment", wanted)

    found = {(document["parameter_name"], document["sex"]) for document in documents(folder)}
    assert found == {("Fat mass", "female")}
    assert all(set(document) == {"observation_id", "parameter_name", "sex"} for document in documents(folder))


def test_what_cannot_be_asked_says_why(solr_mirror) -> None:
    with solr_mirror(Faults()):
        with pytest.raises(HarvestError, match="no document matches gene_symbol:Nothing"):
            harvest("experiment", Wanted("gene_symbol:Nothing"))
        with pytest.raises(RefusedQueryError, match="experiment: SOLR refuses colour:red: undefined field colour"):
            harvest("experiment", Wanted("colour:red"))
        with pytest.raises(UnknownCoreError, match=r"gene: no such core; sources\.yml has experiment"):
            harvest("gene", Wanted())


def test_a_mirror_whose_companions_come_from_their_own_sites_is_harvested(solr_mirror) -> None:
    with solr_mirror(Faults()):
        configure(companions="upstream")
        folder = harvest(CORE, PAGES)

    assert len(documents(folder)) == DOCUMENTS


def test_documents_that_are_no_table_are_told_with_the_remedy(solr_mirror, monkeypatch) -> None:
    monkeypatch.setattr("muster.landing.harvest_columns.settled", lambda *_: "BIGINT")
    with solr_mirror(Faults()), pytest.raises(HarvestError, match=r"cannot be read as a table.*\.draft: remove it"):
        harvest(CORE, PAGES)
