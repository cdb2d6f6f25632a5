"""How many rows of a raw table say the same as another row, by what they are about and not by how they are numbered."""

from dataclasses import dataclass

import duckdb
import pandas as pd

from muster.quality.frames import Frame, column_types, says_something

#: Tables beyond this many rows are counted in a share of their first key column, each value of it whole.
ROW_LIMIT = 2_000_000

LINE = ("allele_accession_id", "allele_symbol", "colony_id", "phenotyping_center", "zygosity")


@dataclass(frozen=True)
class NaturalKey:
    """What tells two statements of a table apart; `_version_` and other numbers of the index never do."""

    table: str
    columns: tuple[str, ...]
    needs: tuple[str, ...] = ()
    """Without these columns it is no key: a partial file that leaves the colony out is not judged."""
    only: str = "true"


NATURAL_KEYS = {
    "statistical_results": NaturalKey(
        "statistical_results",
        (*LINE, "strain_accession_id", "sex", "life_stage_name", "metadata_group", "pipeline_stable_id",
         "procedure_stable_id", "parameter_stable_id", "data_type", "statistical_method"),
        ("colony_id", "phenotyping_center"),
    ),
    "assertions": NaturalKey(
        "assertions",
        (*LINE, "sex", "pipeline_stable_id", "procedure_stable_id", "parameter_stable_id", "mp_term_id"),
        ("colony_id", "phenotyping_center"),
    ),
    "observations": NaturalKey("observations", ("observation_id",), ("observation_id",)),
    "observations of a specimen": NaturalKey(
        "observations",
        ("specimen_id", "pipeline_stable_id", "procedure_stable_id", "parameter_stable_id", "date_of_experiment",
         "discrete_point", "time_point"),
        ("specimen_id", "date_of_experiment"),
        "observation_type in ('unidimensional', 'time_series')",
    ),
    "viability": NaturalKey("viability", LINE, ("colony_id",)),
    "procedure_completeness": NaturalKey("procedure_completeness", (*LINE, "life_stage"), ("colony_id",)),
    "fertility_lines": NaturalKey("fertility_lines", (*LINE, "sex"), ("colony_id",)),
    "phenotype_hits_per_gene": NaturalKey("phenotype_hits_per_gene", ("gene_id",), only="gene_id like 'MGI:%'"),
    "image_records": NaturalKey("image_records", ("observation_id", "jpeg_url")),
}  # fmt: skip

KEYS = ["name", "row_count", "repeated_count", "example"]


def natural_key_frame(connection: duckdb.DuckDBPyConnection, _: str) -> Frame:
    """Return one row a natural key: rows, repeats among them, and where one of them lies."""
    rows = []
    for name, key in NATURAL_KEYS.items():
        if found := _counted(connection, key):
            row_count, repeated_count = found
            share = repeated_count / row_count
            rows.append((name, row_count, repeated_count, share, _example(connection, key) if repeated_count else ""))
    columns = ["name", "row_count", "repeated_count", "repeated_share", "example"]
    data = pd.DataFrame(rows, columns=columns).astype({"row_count": float, "repeated_count": float})
    return Frame(data, len(data), KEYS)


def _counted(connection: duckdb.DuckDBPyConnection, key: NaturalKey) -> tuple[int, int] | None:
    """Return rows and repeats, None where the table or its key is not there."""
    there = column_types(connection, "raw", key.table)
    if not {key.columns[0], *key.needs} <= {*there} or not all(_is_filled(connection, key, name) for name in key.needs):
        return None
    [(row_count,)] = connection.execute(f"select count(*) from raw.{key.table}").fetchall()
    [(looked_at, distinct)] = connection.execute(
        f"select count(*), count(distinct {_hash(key, there)}) from raw.{key.table}"
        f" where {key.only} and {_sample(key, row_count)}"
    ).fetchall()
    return (looked_at, looked_at - distinct) if looked_at else None


def _is_filled(connection: duckdb.DuckDBPyConnection, key: NaturalKey, column: str) -> bool:
    is_filled = says_something(f'"{column}"::varchar')
    query = f"select 1 from raw.{key.table} where {is_filled} limit 1"
    return bool(connection.execute(query).fetchall())


def _hash(key: NaturalKey, there: dict[str, str]) -> str:
    columns = ", ".join(f'"{column}"' for column in key.columns if column in there)
    return f"hash({columns})"


def _sample(key: NaturalKey, row_count: int) -> str:
    return f'hash("{key.columns[0]}") % {row_count // ROW_LIMIT + 1} = 0'


def _example(connection: duckdb.DuckDBPyConnection, key: NaturalKey) -> str:
    """Return the rows of one repeated statement, and what they are about."""
    there = column_types(connection, "raw", key.table)
    if "source_row" not in there:
        return ""
    about = ", ".join(f'any_value("{column}")' for column in key.columns if column in there)
    [(row_count,)] = connection.execute(f"select count(*) from raw.{key.table}").fetchall()
    found = connection.execute(
        f"select list_sort(list(source_row))[:4], {about} from raw.{key.table}"
        f" where {key.only} and {_sample(key, row_count)} group by {_hash(key, there)} having count(*) > 1"
        " order by 1 limit 1"
    ).fetchone()
    if found is None:
        return ""
    rows, *values = found
    return f"source_row {', '.join(map(str, rows))}: {' '.join(str(value) for value in values if value)}"
