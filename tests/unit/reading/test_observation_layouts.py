"""A file's layout is known by its head."""

import gzip
from pathlib import Path

import pytest

from muster.reading.malformed import MalformedFileError
from muster.reading.observation_layouts import LayoutError, header, layouts, recognised, rows


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("biological_sample_id,parameter_name,data_point\n", "long"),
        ("parameterStableId, dataPoint\n", "long"),
        ("Mouse Name,Mouse,Genotype,Sex,Fat Mass\n", "wide"),
        ('"Genotype"\t"Gender"\t"MCV"\n', "wide"),
        ("specimen_id,parameter_stable_id,6kHz-evoked ABR Threshold\n", "wide"),
        ('<?xml version="1.0"?><centreProcedureSet/>', "dcc"),
        ('{"dataStatsResults": []}', "web"),
    ],
)
def test_a_layout_is_recognised_by_the_head_of_a_file(tmp_path: Path, text: str, layout: str) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))

    assert recognised(path) == layout


def test_a_file_of_no_layout_is_refused_with_what_it_has_and_what_would_do(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("p_value,effect_size\n0.1,2\n")

    with pytest.raises(LayoutError, match=r"a\.csv: no layout fits its columns p_value, effect_size.*--layout"):
        recognised(path)


def test_columns_that_bear_one_name_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("specimen_id,,specimen_id,\n")

    assert header(path) == ["specimen_id", "column", "specimen_id_2", "column_2"]


def test_a_row_that_does_not_fit_its_header_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('a,b\n1,"x\ny"\n1,2,3\n')

    with pytest.raises(MalformedFileError, match=r"a\.csv line 4: 3 cells under 2 columns. It reads: '1,2,3'"):
        list(rows(path))


def test_text_that_is_no_utf_8_is_told_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("a,b\n1,37 °C\n".encode("latin-1"))

    with pytest.raises(MalformedFileError, match=r"a\.csv line 2: is no UTF-8. It reads: .*; save the file as UTF-8"):
        list(rows(path))


def test_every_field_of_the_layouts_is_one_of_observations_or_describes_one() -> None:
    from muster.catalog import catalog  # noqa: PLC0415

    described = {"genotype", "pipeline_name", "age_in_weeks"}
    assert set(layouts().fields) - set(catalog().files["observations"].columns) == described
