"""Whether the ids a table names are there where they are defined: terms, genes, parameters, data points."""

from dataclasses import dataclass

import duckdb
import pandas as pd

from muster.quality.frames import Frame, column_types

EXAMPLE_COUNT = 3


@dataclass(frozen=True)
class Reference:
    """A column of ids, and the column that defines them."""

    table: str
    column: str
    defining_table: str
    defining_column: str
    only: str = "true"
    defining_only: str = "true"

    @property
    def name(self) -> str:
        """What a person calls it."""
        return f"{self.table}.{self.column} in {self.defining_table}"


TERM = "mp_term_id like 'MP:%'"
REFERENCES = [
    Reference("assertions", "mp_term_id", "mp_ontology", "mp_term_id", TERM),
    Reference("assertion_subsets", "mp_term_id", "mp_ontology", "mp_term_id", TERM),
    Reference("statistical_results", "mp_term_id", "mp_ontology", "mp_term_id", TERM),
    Reference("mp_chooser", "mp_term_id", "mp_ontology", "mp_term_id", TERM),
    Reference("phenotype_hits_per_gene", "gene_id", "orthologues", "gene_id", "gene_id like 'MGI:%'"),
    Reference("go_annotations", "gene_id", "orthologues", "gene_id", "gene_id like 'MGI:%'"),
    Reference("gene_constraint", "mgi_id", "orthologues", "gene_id", "mgi_id like 'MGI:%'"),
    Reference("gene_families", "mgi_id", "orthologues", "gene_id", "mgi_id like 'MGI:%'"),
    Reference("observations", "parameter_stable_id", "parameters", "parameter_stable_id"),
    Reference("statistical_results", "parameter_stable_id", "parameters", "parameter_stable_id"),
    Reference("category_remapping", "parameter_stable_id", "impress_parameters", "parameter_stable_id"),
    Reference("late_adult_parameters", "early_adult_parameter_id", "impress_parameters", "parameter_stable_id"),
    Reference("image_records", "observation_id", "observations", "observation_id",
              defining_only="observation_type = 'image_record'"),
]  # fmt: skip

KEYS = ["reference", "id_count", "known_count", "examples"]


def reference_frame(connection: duckdb.DuckDBPyConnection, _: str) -> Frame | None:
    """Return one row a reference whose tables are both there: different ids, how many are known, some that are not."""
    rows = []
    for reference in REFERENCES:
        if not (_is_there(connection, reference.table, reference.column) and _is_defined(connection, reference)):
            continue
        [(count, known, examples)] = connection.execute(_query(connection, reference)).fetchall()
        if count:
            rows.append((reference.name, float(count), float(known), known / count, ", ".join(examples or [])))
    if not rows:
        return None
    data = pd.DataFrame(rows, columns=["reference", "id_count", "known_count", "known_share", "examples"])
    return Frame(data, len(data), KEYS)


def _is_there(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    return column in column_types(connection, "raw", table)


def _is_defined(connection: duckdb.DuckDBPyConnection, reference: Reference) -> bool:
    if not _is_there(connection, reference.defining_table, reference.defining_column):
        return False
    query = f"select 1 from raw.{reference.defining_table} where {reference.defining_only} limit 1"
    return bool(connection.execute(query).fetchall())


def _query(connection: duckdb.DuckDBPyConnection, reference: Reference) -> str:
    defined = (
        f'select "{reference.defining_column}" as id from raw.{reference.defining_table}'
        f" where {reference.defining_only}"
    )
    if reference.defining_table == "mp_ontology" and _is_there(connection, "mp_ontology", "alternative_ids"):
        # A term that was merged into another one is still known by its old id.
        defined += " union all select unnest(string_split(alternative_ids, '|')) from raw.mp_ontology"
    return f"""
        with named as (
            select distinct "{reference.column}" as id
            from raw.{reference.table}
            where {reference.only} and "{reference.column}" is not null
        )

        select
            count(*),
            count(*) filter (is_known),
            list_sort(list(id) filter (not is_known))[:{EXAMPLE_COUNT}]
        from (select id, coalesce(id in ({defined}), false) as is_known from named)
    """
