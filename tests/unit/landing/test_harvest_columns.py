"""Columns of a harvest: declared types where the values fit them, lists as lists."""

import gzip
from pathlib import Path

import duckdb
import pytest

from muster.landing.harvest_columns import field_types, write_parquet
from muster.landing.harvests import write_part
from muster.mirrors.connection import Connection
from muster.mirrors.solr import Schema
from muster.mirrors.solr_fields import kinds
from muster.settings import settings

REAL = settings().root.parent / "shared" / "data" / "companions"


def parquet(folder: Path, documents: list[dict], **declared: str) -> duckdb.DuckDBPyRelation:
    write_part(folder / "part.json.gz", documents)
    seen = {field: set(found) for field, found in kinds(documents).items()}
    write_parquet(folder, [folder / "part.json.gz"], declared, seen)
    return duckdb.read_parquet(str(folder / "harvest.parquet"))


def test_declared_types_hold_where_the_values_fit(tmp_path: Path) -> None:
    found = parquet(tmp_path, [{"a": 1, "b": "x", "c": True}, {"a": 2}], a="DOUBLE", b="VARCHAR", c="BOOLEAN")

    assert list(map(str, found.types)) == ["DOUBLE", "VARCHAR", "BOOLEAN"]
    assert found.fetchall() == [(1.0, "x", True), (2.0, None, None)]


def test_values_that_do_not_fit_are_kept_as_they_came(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    found = parquet(tmp_path, [{"a": 1}, {"a": "about 2"}], a="BIGINT")

    assert found.fetchall() == [("1",), ("about 2",)]
    assert "a is declared as BIGINT and came as VARCHAR" in caplog.text


def test_a_value_beside_lists_becomes_a_list_of_one(tmp_path: Path) -> None:
    found = parquet(tmp_path, [{"a": ["x", "y, z"]}, {"a": "w"}, {"b": 1}], a="VARCHAR[]")

    assert found.project("a").fetchall() == [(["x", "y, z"],), (["w"],), (None,)]


def test_the_published_list_of_fields_is_read_where_it_lies(tmp_path: Path) -> None:
    text = 'core_doc\tfield\tjava_type\tdescription\nMp\tp_value\tList<Float>\tA "p\nGene\tp_value\tDouble\t\n'
    (tmp_path / "solr_fields.tsv.gz").write_bytes(gzip.compress(text.encode()))
    schema = Schema("mp_id", {"p_value": "string", "mp_id": "string"})

    with Connection(1000) as connection:
        found = field_types(connection, f"file:{tmp_path}", "Mp", schema)
        without = field_types(connection, f"file:{tmp_path / 'none'}", "Mp", schema)

    assert found == {"p_value": "DOUBLE[]", "mp_id": "VARCHAR"}
    assert without == {"p_value": "VARCHAR", "mp_id": "VARCHAR"}


@pytest.mark.skipif(not REAL.exists(), reason="the published list of fields is not beside the checkout")
def test_the_real_list_of_fields_types_every_core() -> None:
    with Connection(1000) as connection:
        found = {
            name: field_types(connection, f"file:{REAL}", name, None)
            for name in ("Experiment", "ImpcImages", "StatisticalResult", "GenotypePhenotype", "Mp", "Pipeline")
        }

    assert {name: len(types) for name, types in found.items()} == {
        "Experiment": 97,
        "ImpcImages": 107,
        "StatisticalResult": 140,
        "GenotypePhenotype": 51,
        "Mp": 97,
        "Pipeline": 72,
    }
    assert found["Experiment"]["metadata"] == "VARCHAR[]"
    assert found["GenotypePhenotype"]["p_value"] == "DOUBLE"


def test_fields_that_differ_in_case_alone_become_one_column(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    documents = [{"pValue": 1, "b": "x"}, {"pvalue": 0.5, "b": ["y"], "c": {"d": 1}}, {"e": [1, 2], "f": True}]

    found = parquet(tmp_path, documents, pvalue="DOUBLE")

    assert found.columns == ["b", "c", "e", "f", "pvalue"]
    assert found.fetchall() == [
        (["x"], None, None, None, 1.0),
        (["y"], '{"d":1}', None, None, 0.5),
        (None, None, [1, 2], True, None),
    ]
    assert "pValue of the documents is pvalue in harvest.parquet: they differ in case alone" in caplog.text


def test_whole_numbers_beyond_64_bits_are_kept_exactly(tmp_path: Path) -> None:
    documents = [{"a": 2**63, "b": [2**200, 1], "c": 10**20}, {"a": -1, "b": 3, "c": 0.5}]

    found = parquet(tmp_path, documents, a="BIGINT", c="DOUBLE")

    assert found.fetchall() == [(str(2**63), [str(2**200), "1"], 1e20), ("-1", ["3"], 0.5)]
