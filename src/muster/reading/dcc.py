"""XML as centres submit it to the data coordination centre: simple and series parameters, metadata."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from muster.reading.malformed import MalformedFileError
from muster.reading.observation_layouts import layouts
from muster.reading.observation_records import Context, Record, completed, is_number, value_of

REMEDY = "mend the file and add it again"
MEASURED = ("simpleParameter", "seriesParameter")


def dcc_observations(path: Path, context: Context) -> Iterator[Record]:
    """Yield the observations of a submission, one for each value.

    Raises:
        MalformedFileError: the XML is not well-formed (with its line), or holds what XML from strangers must not.
    """
    centre: dict[str, str] = {}
    experiment_count = 0
    with _opened(path) as file:
        try:
            for event, element in iterparse(file, events=("start", "end")):
                tag = _tag(element)
                if tag == "centre" and event == "start":
                    centre = dict(element.attrib)
                elif tag == "experiment" and event == "end":
                    experiment_count += 1
                    context.report.row_count += 1
                    yield from _experiment(element, centre, context)
                    # Memory stays flat however long the submission is.
                    element.clear()
        except (ParseError, DefusedXmlException) as error:
            raise MalformedFileError(f"{path.name}: {error}; {REMEDY}") from error
    if not experiment_count:
        raise MalformedFileError(f"{path.name}: is XML without any <experiment> of a <centre>; {REMEDY}")


def _experiment(experiment: Element, centre: dict[str, str], context: Context) -> Iterator[Record]:
    centre_id = centre.get("centreID", "")
    experiment_id = experiment.get("experimentID", f"experiment {context.report.row_count}")
    common: Record = {
        "phenotyping_center": layouts().centres.get(centre_id.lower(), centre_id),
        "pipeline_stable_id": centre.get("pipeline"),
        "project_name": centre.get("project"),
        "date_of_experiment": experiment.get("dateOfExperiment"),
        "experiment_source_id": experiment_id,
    }
    procedure_count = 0
    for element in experiment:
        if _tag(element) == "specimenID":
            common["specimen_id"] = common["external_sample_id"] = value_of(element.text)
        elif _tag(element) == "procedure":
            procedure_count += 1
            found = common | {"procedure_stable_id": element.get("procedureID")}
            place = experiment_id if procedure_count == 1 else f"{experiment_id}:{procedure_count}"
            yield from _procedure(element, found, place, context)
        else:
            context.report.notes[f"<{_tag(element)}> is not read"] += 1


def _procedure(procedure: Element, common: Record, place: str, context: Context) -> Iterator[Record]:
    common = common | {"metadata": _metadata(procedure, context)}
    for parameter in procedure:
        if _tag(parameter) in MEASURED:
            yield from _parameter(parameter, common, place, context)
        elif _tag(parameter) != "procedureMetadata":
            context.report.notes[f"<{_tag(parameter)}> is not read"] += 1


def _parameter(parameter: Element, common: Record, place: str, context: Context) -> Iterator[Record]:
    stable_id = parameter.get("parameterID")
    is_series = _tag(parameter) == "seriesParameter"
    values = [element for element in parameter if _tag(element) == "value"]
    if not values:
        context.report.empty_count += 1
    for element in values:
        value = value_of(element.text)
        if value is None:
            context.report.empty_count += 1
            continue
        increment = element.get("incrementValue") if is_series else None
        record = {
            **common,
            "parameter_stable_id": stable_id,
            "unit": parameter.get("unit"),
            "discrete_point": increment,
        }
        if is_number(value):
            record["data_point"] = value
        else:
            record |= {"text_value": value, "observation_type": "text_series" if is_series else "text"}
        yield completed(record, ":".join(filter(None, [place, stable_id, increment])), context)


def _metadata(procedure: Element, context: Context) -> list[str]:
    entries = []
    for element in procedure:
        if _tag(element) == "procedureMetadata":
            stable_id = element.get("parameterID", "")
            title = context.parameters.names.get(stable_id, stable_id)
            entries += [f"{title} = {value}" for each in element if (value := value_of(each.text))]
    return entries


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _opened(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if path.suffix == ".gz" else path.open("rb")
