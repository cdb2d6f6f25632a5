"""A swollen release keeps what it said, and says more of the same kind."""

from dataclasses import replace
from pathlib import Path
from shutil import copytree

import duckdb

from muster.simulator.consortium import found
from muster.simulator.sizes import SIZES
from muster.simulator.volume import swell

RELEASE = "all-data-releases/release-23.0"


def test_copies_are_other_mice_of_the_same_centre_and_results_that_find_nothing(tiny_mirror, tmp_path: Path) -> None:
    before, after = tiny_mirror.folder / RELEASE, tmp_path / RELEASE
    copytree(before, after)

    size = replace(SIZES["tiny"], statistics=20_000, measurements=60_000)
    swell(after, "23.0", found(SIZES["tiny"], 1).lines, size, seed=1)

    results = "read_csv('{}/results/statistical-results-ALL.csv.gz', all_varchar = true)"
    documents = "read_json('{}/impc_bulk_api/experimental_data_json/*.gz', sample_size = -1)"
    for relation, wanted in ((results, 20_000), (documents, 60_000)):
        ((count,),) = duckdb.sql(f"select count(*) from {relation.format(after)}").fetchall()
        assert count >= wanted
        assert sorted(duckdb.sql(f"from {relation.format(after)}").columns) == (
            sorted(duckdb.sql(f"from {relation.format(before)}").columns)
        )
    calls = f"select count(*), count(mp_term_id) from {results}"
    assert duckdb.sql(calls.format(before)).fetchall()[0][1] == duckdb.sql(calls.format(after)).fetchall()[0][1]
    mice = f"select phenotyping_center as centre, count(distinct specimen_id) as mice from {documents} group by centre"
    grown = dict(duckdb.sql(mice.format(after)).fetchall())
    (times,) = {grown[centre] / mice for centre, mice in duckdb.sql(mice.format(before)).fetchall()}
    assert times >= 2
    unique = f"select count(*) - count(distinct observation_id) from {documents.format(after)}"
    assert duckdb.sql(unique).fetchall() == [(0,)]
