"""Whether the reports of a release tell the same story: what one says, counted from another."""

from dataclasses import dataclass

import duckdb
import pandas as pd

from muster.quality.frames import Frame, column_types

#: So many of those that disagree are named.
EXAMPLE_COUNT = 3


@dataclass(frozen=True)
class Comparison:
    """A query of one row an item: what it is called, whether both reports agree on it, and what they say."""

    reports: tuple[str, ...]
    query: str


def _counted(item: str, table: str, group: str, listed: str) -> str:
    """Return the comparison of the calls of the assertions, by one of their columns, with a report that counts them."""
    return f"""
        with called as (select {group} as item, count(*) as calls from raw.assertions group by {group}),

        listed as (select {item} as item, sum({listed})::bigint as calls from raw.{table} group by {item})

        select
            coalesce(called.item, listed.item) as item,
            coalesce(called.calls, 0) = coalesce(listed.calls, 0) as is_agreed,
            coalesce(called.calls, 0) || ' called, ' || coalesce(listed.calls, 0) || ' listed' as story
        from called
        full join listed on called.item = listed.item
        where coalesce(called.item, listed.item) is not null
    """


def _known_genes(table: str, column: str, condition: str = "true") -> str:
    """Return the comparison of the genes of a report with those that the release lists as phenotyped."""
    return f"""
        select distinct
            "{column}" as item,
            listed.gene_id is not null as is_agreed,
            'not among the phenotyped genes' as story
        from raw.{table} as named
        left join (select distinct gene_id from raw.phenotype_hits_per_gene) as listed on named."{column}" = listed.gene_id
        where "{column}" like 'MGI:%' and {condition}
    """


NAMES = "list_sort(list_distinct(list_transform(string_split(hits, '::'), lambda name: lower(trim(name)))))"
COMPARISONS = {
    "genes: terms of the calls, hits per gene": Comparison(
        ("assertions", "phenotype_hits_per_gene"),
        f"""
        with called as (
            select marker_accession_id as item, count(distinct lower(trim(mp_term_name))) as terms
            from raw.assertions
            where mp_term_id not like 'MPATH:%'
            group by marker_accession_id
        ),

        listed as (
            select gene_id as item, max(len({NAMES})) as terms, max(try_cast(hit_count as integer)) as hits
            from raw.phenotype_hits_per_gene
            where gene_id like 'MGI:%'
            group by gene_id
        ),

        pathology as (
            select marker_accession_id as item, count(distinct mp_term_id) as terms
            from raw.assertions
            where mp_term_id like 'MPATH:%'
            group by marker_accession_id
        )

        select
            item,
            coalesce(called.terms, 0) + coalesce(pathology.terms, 0) >= coalesce(listed.terms, 0)
            and coalesce(called.terms, 0) <= coalesce(listed.terms, 0) as is_agreed,
            coalesce(called.terms, 0) || ' called, ' || coalesce(listed.terms, 0) || ' listed' as story
        from called
        full join listed using (item)
        left join pathology using (item)
        where item like 'MGI:%'
        """,
    ),
    "genes: hits named, hits counted": Comparison(
        ("phenotype_hits_per_gene",),
        f"""
        select
            gene_id as item,
            coalesce(len({NAMES}), 0) = try_cast(hit_count as integer) as is_agreed,
            coalesce(len({NAMES}), 0) || ' named, ' || hit_count || ' counted' as story
        from (
            select gene_id, hit_count, case when lower(trim(hits)) not in ('', 'none', 'no data') then hits end as hits
            from raw.phenotype_hits_per_gene
        )
        where gene_id like 'MGI:%'
        """,
    ),
    "parameters: calls, hits per parameter": Comparison(
        ("assertions", "phenotype_hits_per_parameter"),
        _counted("parameter_id", "phenotype_hits_per_parameter", "parameter_stable_id", "try_cast(hit_count as bigint)"),
    ),
    "procedures: calls, hits per procedure": Comparison(
        ("assertions", "phenotype_hits_per_procedure"),
        _counted("procedure_id", "phenotype_hits_per_procedure", "procedure_stable_id", "try_cast(hit_count as bigint)"),
    ),
    "resources: calls, calls of each subset": Comparison(
        ("assertions", "assertion_subsets"), _counted("resource_name", "assertion_subsets", "resource_name", "1")
    ),
    "results: significant ones, calls": Comparison(
        ("statistical_results", "assertions"),
        """
        with called as (select distinct allele_symbol, zygosity, parameter_stable_id from raw.assertions)

        select
            allele_symbol || ' ' || zygosity || ' ' || parameter_stable_id as item,
            bool_or(called.allele_symbol is not null) as is_agreed,
            'significant, not called' as story
        from raw.statistical_results as results
        left join called using (allele_symbol, zygosity, parameter_stable_id)
        where mp_term_id like 'MP:%'
        group by allele_symbol, zygosity, parameter_stable_id
        """,
    ),
    "genes: viability, phenotyped": Comparison(
        ("viability", "phenotype_hits_per_gene"), _known_genes("viability", "gene_accession_id")
    ),
    "genes: fertility, phenotyped": Comparison(
        ("fertility_lines", "phenotype_hits_per_gene"), _known_genes("fertility_lines", "gene_accession_id")
    ),
    "genes: completeness, phenotyped": Comparison(
        ("procedure_completeness", "phenotype_hits_per_gene"),
        _known_genes("procedure_completeness", "gene_accession_id"),
    ),
    "genes: results, phenotyped": Comparison(
        ("statistical_results", "phenotype_hits_per_gene"), _known_genes("statistical_results", "marker_accession_id")
    ),
    "genes: observations, phenotyped": Comparison(
        ("observations", "phenotype_hits_per_gene"), _known_genes("observations", "gene_accession_id")
    ),
}

KEYS = ["comparison", "compared_count", "agreed_count", "examples"]


def reconciliation_frame(connection: duckdb.DuckDBPyConnection, _: str) -> Frame | None:
    """Return one row a comparison whose reports are all there: how many items, how many agree, and who does not."""
    rows = []
    for name, comparison in COMPARISONS.items():
        if all(_has_rows(connection, report) for report in comparison.reports):
            rows.append((name, *_compared(connection, comparison.query)))
    if not rows:
        return None
    data = pd.DataFrame(rows, columns=["comparison", "compared_count", "agreed_count", "agreed_share", "examples"])
    counts = {"compared_count": float, "agreed_count": float, "agreed_share": float}
    return Frame(data.astype(counts), len(data), KEYS)


def _has_rows(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(column_types(connection, "raw", table)) and bool(
        connection.execute(f"select 1 from raw.{table} limit 1").fetchall()
    )


def _compared(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, int, float | None, str]:
    [(compared, agreed, examples)] = connection.execute(
        f"select count(*), count(*) filter (coalesce(is_agreed, false)), "
        f"list_sort(list(item || ': ' || coalesce(story, 'nothing')) filter (not coalesce(is_agreed, false)))"
        f"[:{EXAMPLE_COUNT}] from ({query})"
    ).fetchall()
    return compared, agreed, agreed / compared if compared else None, "; ".join(examples or [])
