"""The documents of the embedded SOLR cores, made from the files of the newest simulated release."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd

from muster.catalog import catalog, column_name
from muster.mirrors.solr_fields import LIST, java_type
from muster.simulator.releases import release_folder
from muster.simulator.vocabulary import SEEDS

#: What the index calls a copy of a document; nobody may rely on it.
VERSION = "_version_"
UNIQUE_KEYS = {
    "experiment": "id",
    "impc_images": "id",
    "statistical-result": "doc_id",
    "genotype-phenotype": "doc_id",
    "mp": "mp_id",
    "pipeline": "id",
}


@cache
def declared() -> pd.DataFrame:
    """Return a row for each field of each core: core, java_type, field."""
    frame = pd.read_csv(SEEDS / "solr_fields.csv")
    return frame.assign(field=frame["fields"].str.split()).explode("field").drop(columns="fields")


def types(core: str) -> dict[str, str]:
    """Return the SQL type of each field of a core."""
    own = declared()[declared()["core"] == core]
    return {field: java_type(kind) for field, kind in zip(own["field"], own["java_type"], strict=True)}


def fill(connection: duckdb.DuckDBPyConnection, core: str, mirror: Path) -> None:
    """Make the table of a core, its columns typed, from the files of the newest release of `mirror`."""
    source = {
        "experiment": _experiment,
        "impc_images": _images,
        "statistical-result": _statistics,
        "genotype-phenotype": _calls,
        "mp": _terms,
        "pipeline": _pipeline,
    }[core](mirror)
    cells = ", ".join(f'{_cast(field, kind)} as "{field}"' for field, kind in types(core).items())
    version = f'1700000000000000000 + row_number() over (order by "{UNIQUE_KEYS[core]}") as "{VERSION}"'
    connection.execute(f'create table "{core}" as select {cells}, {version} from ({source})')


def _cast(field: str, kind: str) -> str:
    name = f'"{field}"'
    if not kind.endswith(LIST):
        return f"{name}::{kind}"
    return f"case typeof({name}) when 'VARCHAR' then string_split({name}::varchar, ',') else {name}::varchar[] end"


def _file(mirror: Path, name: str) -> str:
    readme = (mirror / "all-data-releases" / "latest" / "README.md").read_text()
    (release,) = re.findall(r"data release (\d+\.\d+)", readme)[:1]
    place = release_folder(mirror, release) / str(catalog().files[name].path_at(release))
    return f"{place}/*.gz" if place.is_dir() else str(place)


def _json(path: str, columns: Iterator[str]) -> str:
    typed = ", ".join(f"'{column}': '{'VARCHAR[]' if column == 'metadata' else 'VARCHAR'}'" for column in columns)
    return f"read_json('{path}', format = 'newline_delimited', columns = {{{typed}}})"


def _experiment(mirror: Path) -> str:
    own = (field for field in types("experiment") if field != "id")
    return f"select md5('experiment' || observation_id) as id, * from {_json(_file(mirror, 'observations'), own)}"


def _images(mirror: Path) -> str:
    keys = ("observationId", "downloadUrl", "jpegUrl", "thumbnailUrl", "omeroId", "incrementValue")
    records = _json(_file(mirror, "image_records"), iter(keys))
    named = ", ".join(f'"{key}" as {column_name(key)}' for key in keys)
    return f"select * from ({_experiment(mirror)}) join (select {named} from {records}) using (observation_id)"


def _csv(path: str) -> str:
    return f"read_csv('{path}', all_varchar = true, header = true, quote = '\"', escape = '\"')"


def _statistics(mirror: Path) -> str:
    # From 24.0 the reports do not give the index's number of a result.
    rows = _csv(_file(mirror, "statistical_results"))
    number = "md5('result' || row_number() over ())"
    blank = "select null::varchar as doc_id where false"
    return f"select {number} as doc_id, * exclude (doc_id) from ({blank} union all by name from {rows})"


def _calls(mirror: Path) -> str:
    rows = _csv(_file(mirror, "assertions"))
    blank = "select null::varchar as project_fullname where false"
    return f"select md5('call' || row_number() over ()) as doc_id, * from ({blank} union all by name from {rows})"


def _terms(_mirror: Path) -> str:
    rows = _csv(str(SEEDS / "terms.csv"))
    parents = "string_split(parent_ids, '|') as parent_mp_id"
    return f"select mp_term_id as mp_id, mp_term_name as mp_term, {parents} from {rows}"


def _pipeline(mirror: Path) -> str:
    parameters = (
        f"read_json('{_file(mirror, 'parameters')}', format = 'newline_delimited', columns = {{"
        "parameterStableId: 'VARCHAR', unitX: 'VARCHAR', potentialPhenotypeTermCuries: 'VARCHAR[]'})"
    )
    name = "concat_ws('_', pipeline_stable_id, procedure_stable_id, parameter_stable_id)"
    own = "pipeline_stable_id, procedure_stable_id, procedure_name, parameter_stable_id, parameter_name"
    measured = (
        f"select {name} as fully_qualified_name, {own}, min(observation_type) as observation_type"
        f" from ({_experiment(mirror)}) group by all"
    )
    terms = "potentialPhenotypeTermCuries as mp_id"
    units = f"select parameterStableId as parameter_stable_id, unitX as unit_x, {terms} from {parameters}"
    return (
        f"select md5(fully_qualified_name) as id, * from ({measured}) left join ({units}) using (parameter_stable_id)"
    )
