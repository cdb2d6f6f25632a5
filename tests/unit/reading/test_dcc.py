"""Submissions of centres: every value is an observation; what strangers may do with XML is refused."""

from pathlib import Path

import pytest

from muster.reading.dcc import dcc_observations
from muster.reading.malformed import MalformedFileError
from muster.reading.observation_records import Context, Report
from muster.reading.parameter_names import parameter_names

HEAD = (
    '<centreProcedureSet xmlns="http://www.mousephenotype.org/x"><centre centreID="Tcp" pipeline="TCP_001" project="P">'
)
TAIL = "</centre></centreProcedureSet>"
EXPERIMENT = """
<experiment experimentID="E1" dateOfExperiment="2018-07-19">
  <specimenID>M1</specimenID>
  <procedure procedureID="TCP_VFR_001">
    <simpleParameter parameterID="TCP_VFR_003_001" unit="g"><value>5.5</value></simpleParameter>
    <seriesParameter parameterID="TCP_VFR_002_001">
      <value incrementValue="1">6.5</value><value incrementValue="2">4.5</value>
    </seriesParameter>
    <seriesParameter parameterID="TCP_VFR_001_001"><value incrementValue="1">00X0X</value></seriesParameter>
    <simpleParameter parameterID="TCP_VFR_009_001"/>
    <mediaParameter parameterID="TCP_VFR_099_001" URI="x"/>
    <procedureMetadata parameterID="TCP_VFR_016_001"><value>CFA</value></procedureMetadata>
  </procedure>
</experiment>
"""


def read(path: Path, text: str) -> tuple[list[dict], Report]:
    path.write_text(text)
    report = Report()
    names = parameter_names([("TCP_VFR_016_001", "Challenge")])
    return list(dcc_observations(path, Context("x", {}, {}, names, report))), report


def test_every_value_of_simple_and_series_parameters_is_an_observation(tmp_path: Path) -> None:
    found, report = read(tmp_path / "a.xml", HEAD + EXPERIMENT + TAIL)

    assert [
        (each["parameter_stable_id"], each.get("data_point") or each["text_value"], each["discrete_point"])
        for each in found
    ] == [
        ("TCP_VFR_003_001", "5.5", None),
        ("TCP_VFR_002_001", "6.5", "1"),
        ("TCP_VFR_002_001", "4.5", "2"),
        ("TCP_VFR_001_001", "00X0X", "1"),
    ]
    assert [each["observation_type"] for each in found] == [
        "unidimensional",
        "time_series",
        "time_series",
        "text_series",
    ]
    assert {each["specimen_id"] for each in found} == {"M1"}
    assert {each["phenotyping_center"] for each in found} == {"TCP"}
    assert found[0]["metadata"] == ["Challenge = CFA"]
    assert found[0]["date_of_experiment"] == "2018-07-19T00:00:00Z"
    assert (report.row_count, report.empty_count) == (1, 1)
    assert report.notes["<mediaParameter> is not read"] == 1


def test_broken_xml_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(MalformedFileError, match=r"a\.xml: .*line 3"):
        read(tmp_path / "a.xml", HEAD + "\n\n<experiment></centre>")


def test_entities_that_would_fill_the_memory_are_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><centreProcedureSet>&b;</centreProcedureSet>'

    with pytest.raises(MalformedFileError, match=r"a\.xml: Entities?"):
        read(tmp_path / "a.xml", bomb)


def test_xml_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedFileError, match="without any <experiment>"):
        read(tmp_path / "a.xml", "<html/>")
