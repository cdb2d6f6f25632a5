"""One observation in the fields of the bulk files, whatever the words of its source; what is unclear is counted."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from muster.reading.observation_layouts import Genotype, layouts
from muster.reading.parameter_names import ParameterNames

Record = dict[str, Any]

GROUPS = ("control", "experimental")
#: What says something of the mutants of a result is not true of its controls.
OF_MUTANTS = ("gene_accession_id", "gene_symbol", "allele_accession_id", "allele_symbol", "colony_id", "zygosity")


@dataclass
class Report:
    """What became of a file."""

    row_count: int = 0
    empty_count: int = 0
    """Cells that hold no value: no observation."""
    notes: Counter[str] = field(default_factory=Counter)
    """What was not understood, and how often; the observations are kept without it."""


@dataclass(frozen=True)
class Context:
    """What is known beside the file."""

    label: str
    """Begins the ids of observations and animals that have none of their own."""
    constants: dict[str, str]
    meanings: dict[str, str]
    """What a genotype code means: control, heterozygote, homozygote or hemizygote."""
    parameters: ParameterNames
    report: Report


def value_of(cell: str | None) -> str | None:
    """Return a cell's text, None where it says that there is none.

    >>> value_of(" 4 "), value_of("-"), value_of("N/A")
    ('4', None, None)
    """
    text = (cell or "").strip()
    return None if text.lower() in layouts().missing else text


def is_number(text: str) -> bool:
    """Return whether a text is a number.

    >>> is_number("1e3"), is_number("00X0X"), is_number("nan")
    (True, False, False)
    """
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) is not None


def completed(record: Record, place: str, context: Context) -> Record:
    """Return an observation with the words, dates and ids of the bulk files, `place` telling it from the others."""
    for name, constant in context.constants.items():
        record[name] = record.get(name) or constant
    _say_group(record, context)
    _say_sex(record, context)
    _say_dates(record, context)
    _say_parameter(record, context)
    if isinstance(record.get("metadata"), str):
        record["metadata"] = metadata_entries(record["metadata"])
    if not record.get("specimen_id"):
        context.report.notes["no column names the animal: each row is taken for one"] += 1
        record["specimen_id"] = f"{context.label}:{place.partition(':')[0]}"
    record["observation_id"] = record.get("observation_id") or f"{context.label}:{place}"
    record["observation_type"] = record.get("observation_type") or _type_of(record)
    return record


def metadata_entries(text: str) -> list[str]:
    """Return metadata that was joined to one text as its entries.

    >>> metadata_entries("[Model = MX 20, Range = 6,12,18 kHz, Site = lab]")
    ['Model = MX 20', 'Range = 6,12,18 kHz', 'Site = lab']
    """
    plain = text.strip().strip('"').removeprefix("[").removesuffix("]")
    return [entry.strip() for entry in re.split(r"[,|](?=[^,|=]+ = )", plain) if entry.strip()]


def _type_of(record: Record) -> str:
    if record.get("data_point"):
        return "time_series" if record.get("discrete_point") or record.get("time_point") else "unidimensional"
    return "categorical" if record.get("category") else "text"


def _say_group(record: Record, context: Context) -> None:
    genotype = record.get("genotype")
    known = _genotype(context.meanings.get(genotype, genotype)) if genotype else None
    if genotype and known is None:
        context.report.notes[
            f"genotype {genotype!r} is not understood: group unknown; say what it means by --means {genotype}=control"
        ] += 1
    given = str(record.get("biological_sample_group") or "").lower()
    record["biological_sample_group"] = given if given in GROUPS else known and known.group
    if given and given not in GROUPS:
        context.report.notes[f"group {given!r} is neither control nor experimental: unknown"] += 1
    elif not given and not genotype:
        context.report.notes["nothing says which animals are controls: group unknown; say it by --set"] += 1
    record["zygosity"] = record.get("zygosity") or (known and known.zygosity)
    if record["biological_sample_group"] == "control" and genotype:
        for name in OF_MUTANTS:
            record[name] = None


@cache
def _genotype(text: str) -> Genotype | None:
    fitting = (each for each in layouts().genotypes if re.fullmatch(each.pattern, text, re.IGNORECASE))
    return next(fitting, None)


def _say_sex(record: Record, context: Context) -> None:
    sex = record.get("sex")
    known = layouts().sexes.get(str(sex).lower()) if sex else None
    if sex and known is None:
        context.report.notes[f"sex {sex!r} is not understood: unknown"] += 1
    record["sex"] = known


def _say_dates(record: Record, context: Context) -> None:
    for name in ("date_of_experiment", "date_of_birth"):
        if text := record.get(name):
            read = _date(text)
            if read is None:
                context.report.notes[f"{name} {text!r} is no date of a known form: kept as it is"] += 1
            record[name] = read or text
    born, tested = record.get("date_of_birth"), record.get("date_of_experiment")
    if born and tested and not record.get("age_in_days") and _date(born) and _date(tested):
        days = (datetime.fromisoformat(tested) - datetime.fromisoformat(born)).days
        record["age_in_days"] = str(days)


@cache
def _date(text: str) -> str | None:
    if re.match(r"\d{4}-\d\d-\d\dT", text):
        return text
    # Python knows no names of time zones but UTC and the machine's own; a day needs none.
    plain = re.sub(r" [A-Z]{3,4} (?=\d{4}$)", " UTC ", text)
    for form in layouts().dates:
        try:
            return f"{datetime.strptime(plain, form):%Y-%m-%dT%H:%M:%SZ}"
        except ValueError:
            continue
    return None


def _say_parameter(record: Record, context: Context) -> None:
    stable_id, name = record.get("parameter_stable_id"), record.get("parameter_name")
    if not stable_id and name:
        record["parameter_stable_id"], reason = context.parameters.find(name, record.get("procedure_stable_id"))
        if reason:
            context.report.notes[reason] += 1
    elif stable_id and not name:
        record["parameter_name"] = context.parameters.names.get(stable_id)
