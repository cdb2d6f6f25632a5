"""Extras are whole or not there, and a damaged one is told."""

import json
from pathlib import Path

import pytest

from muster.landing.extras import ExtraError, describe, drafted, extras, folder, raw_tables, remove
from muster.landing.integrity import sha256


def write(name: str = "harvest", **said: object) -> Path:
    with drafted("18.0", name) as fresh:
        file = fresh / "rows.jsonl.gz"
        file.write_bytes(b"rows")
        entry = {"path": file.name, "sha256": sha256(file), "bytes": 4, "rows": 1, "url": "http://m/solr"}
        manifest = {"name": name, "release": "18.0", "table": "observations", "layout": "jsonl", "files": [entry]}
        describe(fresh, {**manifest, **said})
    return folder("18.0") / name


def test_an_extra_is_listed_by_its_release() -> None:
    write("solr")
    write("harvest", further="things it may say")

    assert [extra.name for extra in extras("18.0")] == ["harvest", "solr"]
    assert extras("19.0") == []


def test_an_extra_that_fails_on_the_way_leaves_the_one_before() -> None:
    write()

    with pytest.raises(RuntimeError), drafted("18.0", "harvest"):
        raise RuntimeError

    (extra,) = extras("18.0")
    extra.verify()


@pytest.mark.parametrize("harm", [lambda path: path.write_bytes(b"other"), lambda path: path.unlink()])
def test_a_file_that_changed_or_went_is_told_with_the_remedy(harm) -> None:
    harm(write() / "rows.jsonl.gz")
    (extra,) = extras("18.0")

    with pytest.raises(
        ExtraError, match=r"rows\.jsonl\.gz (is gone|has not the sha256).*muster add --remove harvest 18\.0"
    ):
        extra.verify()


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"table": "moods"}, "its table moods is no raw table"),
        ({"table": "fertility"}, "its table fertility is no raw table .*fertility_lines"),
        ({"table": "lacz_expression"}, "its table lacz_expression is no raw table"),
        ({"layout": "excel"}, "its layout excel is none of jsonl, csv, tsv"),
        ({"release": "17.0"}, "it says it is harvest of 17.0"),
        ({"files": []}, "files"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_told(said: dict, complaint: str) -> None:
    write(**said)

    with pytest.raises(ExtraError, match=complaint):
        extras("18.0")


@pytest.mark.parametrize("path", ["", "../17.0/rows.jsonl.gz", "/etc/passwd"])
def test_a_file_that_lies_elsewhere_is_refused(path: str) -> None:
    write(files=[{"path": path, "sha256": "0", "bytes": 4, "rows": 1}])

    with pytest.raises(ExtraError, match="is no path below the folder of the extra"):
        extras("18.0")


def test_rows_of_one_of_several_tables_of_a_file_can_be_appended() -> None:
    write(table="fertility_lines")

    (extra,) = extras("18.0")

    assert "colony_id" in raw_tables()[extra.table].required


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "_x", "a.draft"])
def test_a_name_that_is_no_folder_s_takes_the_place_of_nothing(name: str) -> None:
    write()

    with pytest.raises(ExtraError, match="cannot name an extra"), drafted("18.0", name):
        pass

    assert [extra.name for extra in extras("18.0")] == ["harvest"]


def test_a_manifest_that_is_no_json_is_told() -> None:
    (write() / "manifest.json").write_text("{")

    with pytest.raises(ExtraError, match="make the extra again or remove its folder"):
        extras("18.0")


def test_a_removed_extra_is_gone_and_an_unknown_one_is_told() -> None:
    write()

    remove("18.0", "harvest")

    assert extras("18.0") == []
    with pytest.raises(ExtraError, match="has no extra harvest; it has none"):
        remove("18.0", "harvest")


def test_the_manifest_is_json_that_others_may_write() -> None:
    assert json.loads((write() / "manifest.json").read_text())["table"] == "observations"
