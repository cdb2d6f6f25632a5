"""Observation files of one's own join a release: all of them or none, and the release is as it was once they go."""

import gzip
import json
import tarfile
from pathlib import Path

import pytest

from muster.landing import extras
from muster.landing.files import NotFetchedError
from muster.landing.integrity import UnusableFileError
from muster.reading.malformed import MalformedFileError
from muster.reading.observation_layouts import LayoutError
from muster.steps.add import AddError, Given, add, extra_lines
from muster.steps.fetch import fetch
from muster.steps.load import load
from muster.warehouse import reader

MICE = "Mouse,Genotype,Sex,Fat Mass,Eye\nM1,+/+,Female,2.5,Normal\nM2,Aff3/Aff3,Male,-,Cloudy\n"
IMPRESS = (
    "parameterId,parameterKey,type,name,valueType,procedureId\n"
    "1,IMPC_DXA_002_001,simpleParameter,Fat mass,FLOAT,7\n1,IMPC_DXA_002_001,simpleParameter,Fat mass,FLOAT,7\n"
)


@pytest.fixture
def release(write_mirror) -> str:
    mirror = write_mirror()
    (mirror / "companions" / "impress_parameters_2020-07-09.csv").write_text(IMPRESS)
    fetch("18.0")
    return "18.0"


def write(folder: Path, text: str = MICE, name: str = "mice.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def rows(sql: str) -> list[tuple]:
    with reader("18.0") as warehouse:
        return warehouse.execute(sql).fetchall()


def test_a_table_of_mice_becomes_observations_of_the_release(release: str, tmp_path: Path) -> None:
    manifest = json.loads(add(release, [write(tmp_path)]).read_text())

    load(release)

    assert rows(
        "select specimen_id, biological_sample_group, zygosity, sex, parameter_name, parameter_stable_id, data_point,"
        " category, observation_type from raw.observations order by source_row"
    ) == [
        ("M1", "control", None, "female", "Fat Mass", "IMPC_DXA_002_001", "2.5", None, "unidimensional"),
        ("M1", "control", None, "female", "Eye", None, None, "Normal", "categorical"),
        ("M2", "experimental", "homozygote", "male", "Eye", None, None, "Cloudy", "categorical"),
    ]
    (entry,) = manifest["files"]
    assert (entry["rows"], entry["empty"], entry["types"]) == (3, 1, {"categorical": 2, "unidimensional": 1})
    assert entry["not_understood"] == {"IMPReSS has no parameter 'Eye': kept by name": 2}
    assert entry["original"]["layout"] == "wide"


def test_the_file_stands_among_the_files_of_the_release(release: str, tmp_path: Path) -> None:
    add(release, [write(tmp_path)])

    counts = load(release)

    assert counts["observations+mice/1-mice.jsonl.gz"] == 3
    assert rows("select is_absent, row_count from raw.files where name = 'observations'") == [(False, 3)]


def test_the_same_files_added_again_take_the_place_of_the_first(release: str, tmp_path: Path) -> None:
    first = add(release, [write(tmp_path)])
    sha256 = json.loads(first.read_text())["files"][0]["sha256"]

    again = add(release, [write(tmp_path)])

    assert json.loads(again.read_text())["files"][0]["sha256"] == sha256
    assert extra_lines(release) == ["mice: 3 rows of 1 files for observations"]


def test_a_removed_extra_leaves_the_release_as_it_was(release: str, tmp_path: Path) -> None:
    load(release)
    before = rows("select fingerprint from raw.fingerprint")
    add(release, [write(tmp_path)])
    load(release)
    assert rows("select fingerprint from raw.fingerprint") != before

    extras.remove(release, "mice")
    load(release)

    assert rows("select fingerprint from raw.fingerprint") == before
    assert rows("select count(*) from raw.observations") == [(0,)]


def test_what_the_release_has_already_stays_as_it_has_it(write_mirror, tmp_path: Path) -> None:
    own = {"observation_id": "o1", "specimen_id": "m", "category": "own"}
    needed = ["biological_sample_group", "sex", "phenotyping_center", "pipeline_stable_id", "procedure_stable_id"]
    needed += ["parameter_stable_id", "observation_type", "date_of_experiment"]
    write_mirror(observations=json.dumps({**dict.fromkeys(needed, "x"), **own}) + "\n")
    fetch("18.0")
    text = "observation_id,specimen_id,parameter_name,data_point,category\no1,m,Eye,,theirs\no2,m,Eye,,more\n"
    add("18.0", [write(tmp_path, text)])

    counts = load("18.0")

    assert rows("select observation_id, category from raw.observations order by 1") == [("o1", "own"), ("o2", "more")]
    assert (counts["observations"], counts["observations+mice/1-mice.jsonl.gz"]) == (1, 1)


def test_a_file_that_brings_nothing_new_is_no_cut_file(release: str, tmp_path: Path) -> None:
    text = "observation_id,specimen_id,parameter_name,data_point\no1,m,Eye,1\n"
    add(release, [write(tmp_path, text)])
    add(release, [write(tmp_path, text)], Given(name="second"))

    load(release)

    assert rows("select row_count, is_absent, absent_reason from raw.files where name like '%+second%'") == [
        (0, True, "the release has all its rows")
    ]


def test_one_bad_file_of_two_leaves_nothing(release: str, tmp_path: Path) -> None:
    good, bad = write(tmp_path), write(tmp_path, "Mouse,Sex\nM1,Female,more\n", "bad.csv")

    with pytest.raises(MalformedFileError, match=r"bad\.csv line 2: 3 cells under 2 columns"):
        add(release, [good, bad])

    assert extra_lines(release) == []
    assert [path.name for path in extras.folder(release).iterdir()] == []


def test_a_cut_file_is_refused(release: str, tmp_path: Path) -> None:
    path = tmp_path / "mice.csv.gz"
    path.write_bytes(gzip.compress(MICE.encode() * 99)[:-20])

    with pytest.raises(UnusableFileError, match=r"mice\.csv\.gz is truncated"):
        add(release, [path])


def test_archives_are_added_file_by_file(release: str, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "all.tar.gz", "w:gz") as archive:
        archive.add(write(tmp_path), "deep/mice.csv")
        archive.add(write(tmp_path, MICE, "more.csv"), "more.csv")

    manifest = json.loads(add(release, [tmp_path / "all.tar.gz"], Given(name="phenstat")).read_text())

    assert [(entry["path"], entry["rows"]) for entry in manifest["files"]] == [
        ("1-mice.jsonl.gz", 3),
        ("2-more.jsonl.gz", 3),
    ]
    assert not list(extras.folder(release).parent.glob("*.unpacked"))


def test_an_archive_without_a_readable_file_leaves_the_extra_before(release: str, tmp_path: Path) -> None:
    add(release, [write(tmp_path)])
    with tarfile.open(tmp_path / "all.tar", "w") as archive:
        archive.add(write(tmp_path, "%PDF", "paper.pdf"), "paper.pdf")

    with pytest.raises(AddError, match=r"no file to read: an archive may hold \.csv"):
        add(release, [tmp_path / "all.tar"], Given(name="mice"))

    assert extra_lines(release) == ["mice: 3 rows of 1 files for observations"]


@pytest.mark.parametrize("name", ["数据.csv", ".hidden.csv", "_.csv"])
def test_a_file_that_gives_no_name_needs_one_and_harms_no_other_extra(release: str, tmp_path: Path, name: str) -> None:
    add(release, [write(tmp_path)])

    with pytest.raises(AddError, match=r"gives no name .*say --name"):
        add(release, [write(tmp_path, MICE, name)])

    assert extra_lines(release) == ["mice: 3 rows of 1 files for observations"]


def test_other_files_take_the_place_of_an_extra_only_by_its_name(release: str, tmp_path: Path) -> None:
    add(release, [write(tmp_path)])
    other = write(tmp_path, "Mouse,Genotype,Fat Mass\nM3,+/+,7\n", "mice.final.csv")

    with pytest.raises(AddError, match=r"has an extra mice of other files: say --name .*add --remove mice 18\.0"):
        add(release, [other])
    assert extra_lines(release) == ["mice: 3 rows of 1 files for observations"]

    add(release, [other], Given(name="mice"))
    assert extra_lines(release) == ["mice: 1 rows of 1 files for observations"]


def test_what_is_said_beside_the_files_fills_what_they_do_not_say(release: str, tmp_path: Path) -> None:
    given = Given(constants={"phenotyping_center": "JAX"}, meanings={"1": "control"})
    add(release, [write(tmp_path, "Genotype,Gender,Fat mass\n1,Male,3\n")], given)

    load(release)

    assert rows("select biological_sample_group, phenotyping_center from raw.observations") == [("control", "JAX")]


@pytest.mark.parametrize(
    ("text", "given", "error", "complaint"),
    [
        ("p_value\n1\n", Given(), LayoutError, "no layout fits its columns p_value"),
        (MICE, Given(constants={"mood": "calm"}), AddError, "--set mood: no field of observations"),
        (MICE, Given(name="My Mice"), AddError, "--name My Mice: use small letters.* such as my-mice"),
        ("Mouse,Sex\n", Given(), AddError, "holds no observation as layout wide"),
    ],
)
def test_what_cannot_be_added_is_told_with_the_remedy(
    release: str, tmp_path: Path, text: str, given: Given, error: type[Exception], complaint: str
) -> None:
    with pytest.raises(error, match=complaint):
        add(release, [write(tmp_path, text)], given)


def test_files_that_are_not_there_and_releases_that_are_not_are_told(write_mirror, tmp_path: Path) -> None:
    with pytest.raises(AddError, match=r"no such file: .*gone\.csv"):
        add("18.0", [tmp_path / "gone.csv"])
    with pytest.raises(NotFetchedError, match=r"muster fetch 18\.0"):
        add("18.0", [write(tmp_path)])
