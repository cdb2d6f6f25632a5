"""Tables long and wide and pages of the web site, read as observations."""

import gzip
import json
import tarfile
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from muster.reading.observation_files import observations
from muster.reading.observation_layouts import recognised
from muster.reading.observation_records import Context, Report
from muster.reading.parameter_names import parameter_names
from muster.settings import ROOT

REAL = ROOT.parent / "shared" / "data" / "observations"
needs_real_files = pytest.mark.skipif(
    not REAL.exists(), reason="the real observation files are not beside this checkout (../shared/data)"
)


def read(path: Path) -> tuple[list[dict], Report]:
    names = parameter_names([("IMPC_ABR_004_001", "6kHz-evoked ABR Threshold"), ("IMPC_ABR_001_001", "Body weight")])
    report = Report()
    return list(observations(path, recognised(path), Context("x", {}, {}, names, report))), report


def write(path: Path, text: str) -> Path:
    path.write_bytes(gzip.compress(text.encode()))
    return path


def test_a_long_table_gives_a_row_each_and_keeps_columns_of_its_own(tmp_path: Path) -> None:
    text = (
        "id,specimen_id,parameter_stable_id,data_point,category,mood\n7,m1,A_B_001_001,NA,Normal,calm\n8,m1,C,2.5,,NA\n"
    )

    found, _ = read(write(tmp_path / "a.csv.gz", text))

    assert [(each["observation_id"], each["observation_type"], each["mood"]) for each in found] == [
        ("7", "categorical", "calm"),
        ("8", "unidimensional", None),
    ]


def test_a_wide_table_gives_a_row_for_each_filled_cell_of_a_parameter(tmp_path: Path) -> None:
    text = (
        "Colony Prefix,Mouse,Genotype,Sex,Assay Date,Weight,Fat Mass,Lens,X Ray Equipment Model,\n"
        "MCND,M1,+/+,Female,06/11/2012,20.5,-,1,MX 20,\n"
        "MCND,M2,Aff3/+,Male,06/11/2012,21,3.5,Cloudy,MX 20,\n"
    )

    found, report = read(write(tmp_path / "a.csv.gz", text))

    assert [
        (each["specimen_id"], each["parameter_name"], each.get("data_point") or each["category"]) for each in found
    ] == [
        ("M1", "Weight", "20.5"),
        ("M1", "Lens", "1"),
        ("M2", "Weight", "21"),
        ("M2", "Fat Mass", "3.5"),
        ("M2", "Lens", "Cloudy"),
    ]
    # A column with one word in it is one of words, however its other cells look.
    assert [each["observation_type"] for each in found if each["parameter_name"] == "Lens"] == ["categorical"] * 2
    assert {each["phenotyping_center"] for each in found} == {"WTSI"}
    assert {each["weight"] for each in found if each["specimen_id"] == "M1"} == {"20.5"}
    assert found[0]["metadata"] == ["X Ray Equipment Model = MX 20"]
    assert (report.row_count, report.empty_count) == (2, 1)


def test_a_web_page_gives_a_row_for_each_point_and_controls_without_the_gene(tmp_path: Path) -> None:
    points = [
        {"biologicalSampleGroup": "control", "externalSampleId": "c1", "specimenSex": "male", "dataPoint": "0.1"},
        {"biologicalSampleGroup": "experimental", "externalSampleId": "e1", "specimenSex": "female", "category": "odd"},
    ]
    result = {"markerSymbol": "Cib2", "parameterStableId": "IMPC_HEM_037_001", "procedureStableId": ["IMPC_HEM_002"]}
    page = {"dataStatsResults": [{**result, "sex": "not_considered", "dataPoints": points}]}

    found, _ = read(write(tmp_path / "a.json.gz", json.dumps(page)))

    assert [(each["specimen_id"], each["sex"], each.get("gene_symbol")) for each in found] == [
        ("c1", "male", None),
        ("e1", "female", "Cib2"),
    ]
    assert {each["procedure_stable_id"] for each in found} == {"IMPC_HEM_002"}


@needs_real_files
@pytest.mark.parametrize(
    ("name", "layout", "row_count", "observation_count", "kinds"),
    [
        ("openstats_test_continuous_experiment_core.csv.gz", "long", 410, 410, {"unidimensional"}),
        ("abr_specimen_wide_1000.csv.gz", "wide", 1_000, 5_970, {"unidimensional"}),
        ("openstats_test_categorical_WTSI_xray.csv.gz", "wide", 638, 27_344, {"unidimensional", "categorical"}),
        ("tcp_vfr_dcc_submission.xml.gz", "dcc", 347, 8_293, {"unidimensional", "time_series", "text_series"}),
        ("web_full_statresult_categorical_Cib2.json.gz", "web", 1, 5_611, {"categorical"}),
        ("web_full_statresult_unidimensional_Cib2.json.gz", "web", 1, 475, {"unidimensional"}),
        ("kompute_controls_open_field_DR10.1.csv.gz", "long", 344_844, 344_844, {"unidimensional"}),
    ],
)
def test_real_files_give_the_observations_they_hold(
    name: str, layout: str, row_count: int, observation_count: int, kinds: set[str]
) -> None:
    path, report, found = REAL / name, Report(), Counter()
    ids = set()

    for each in observations(path, recognised(path), Context("x", {}, {}, parameter_names([]), report)):
        found[each["observation_type"]] += 1
        ids.add(each["observation_id"])

    assert recognised(path) == layout
    assert (report.row_count, found.total(), len(ids)) == (row_count, observation_count, observation_count)
    assert set(found) == kinds


@needs_real_files
def test_each_parameter_of_the_abr_file_has_as_many_observations_as_its_column_has_numbers() -> None:
    path = REAL / "abr_specimen_wide_1000.csv.gz"
    table = pd.read_csv(path, low_memory=False)
    measured = [column for column in table if "ABR" in column or column == "Body weight"]

    found, _ = read(path)

    by_name = Counter(each["parameter_name"] for each in found)
    assert by_name == {name: int(table[name].notna().sum()) for name in measured}
    assert {each["parameter_stable_id"] for each in found if each["parameter_name"].startswith("6k")} == {
        "IMPC_ABR_004_001"
    }


@needs_real_files
def test_phenstat_s_35_files_of_35_headers_are_all_read(tmp_path: Path) -> None:
    with tarfile.open(REAL / "phenstat_example_datasets.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    counts = {str(path.relative_to(tmp_path)): len(read(path)[0]) for path in sorted(tmp_path.rglob("*.csv"))}
    bones = [
        "Weight",
        "Nose To Tail Base Length",
        "Bone Mineral Density",
        "Bone Mineral Content",
        "Bone Area",
        "Lean Mass",
    ]
    bones += ["Fat Mass", "Est Total Tissue Mass", "Fat Percentage Estimate"]
    dexa = {name: tmp_path / name for name in counts if "DEXA" in name or "MBAU" in name}

    assert (len(counts), sum(counts.values())) == (35, 243_179)
    assert len(dexa) == 12
    for name, path in dexa.items():
        table = pd.read_csv(path)
        assert counts[name] == int(table[[bone for bone in bones if bone in table]].notna().sum().sum()), name
