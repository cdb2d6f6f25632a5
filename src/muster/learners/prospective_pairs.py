"""What a later release says about the gene-term pairs that a trained version predicted."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from muster import lake

#: Terms of one query: a release has millions of pairs.
BATCH = 64
#: A term is judged with so many pairs of either answer: below, its AUROC has a standard error near 0.1.
FEWEST = 10

Numbers = NDArray[np.float32]

# A source that only says which genes were phenotyped makes every term of an old gene look newly tested: only genes
# that had not been tested for anything are news to it.
UNTESTED = "predicted.status = 'untested' and (calls.tested_evidence = 'term' or seen.gene_id is null)"
NORMAL = "predicted.status = 'tested'"

PAIRS = """
    with
    predicted as (from read_parquet($predictions) where mp_term_id between $first and $last),
    calls as (from read_parquet($calls) where mp_term_id between $first and $last),
    genes as (select gene_id, row_number() over (order by gene_id) - 1 as gene from read_parquet($genes)),
    pairs as (
        select
            genes.gene,
            predicted.mp_term_id,
            predicted.score,
            predicted.probability,
            calls.status = 'called' as is_called,
            calls.tested_evidence = 'term' as is_measured,
            {baselines}
            count(*) filter (calls.status = 'called') over (partition by predicted.mp_term_id) as called,
            count(*) over (partition by predicted.mp_term_id) as asked
        from predicted
        inner join calls using (gene_id, mp_term_id)
        inner join genes using (gene_id)
        left join seen using (gene_id)
        {joined}
        where {question}
    )
    select * from pairs
"""

TOTALS = """
    select count(*), count(*) filter (is_called), count(distinct mp_term_id), coalesce(max(called), 0) from news
"""

TERMS = "select distinct mp_term_id from read_parquet($predictions) order by mp_term_id"

SEEN = "select distinct gene_id from read_parquet($predictions) where status <> 'untested'"

LOST = """
    with predicted as (from read_parquet($predictions))
    select
        (select count(distinct mp_term_id) from predicted) as terms,
        (
            select count(distinct mp_term_id) from predicted
            where mp_term_id not in (select mp_term_id from read_parquet($terms) where not coalesce(is_obsolete, false))
        ) as terms_lost,
        (
            select count(distinct gene_id) from predicted
            where gene_id not in (select gene_id from read_parquet($genes))
        ) as genes_lost
"""

DEGREE = """
    select gene_id, count(distinct partner) as degree
    from (
        select gene_id_a as gene_id, gene_id_b as partner from read_parquet($interactions)
        union all
        select gene_id_b, gene_id_a from read_parquet($interactions)
    )
    where gene_id <> partner
    group by gene_id
"""


@dataclass(frozen=True)
class TermPairs:
    """The pairs of one term, one place a gene."""

    mp_term_id: str
    genes: NDArray[np.int64]
    """places in the later release's sorted gene ids"""
    is_called: NDArray[np.bool_]
    is_measured: NDArray[np.bool_]
    """Where the later release analysed a parameter of the term, not only phenotyped the gene."""
    scores: Numbers
    probabilities: Numbers
    baselines: dict[str, Numbers]


@dataclass(frozen=True)
class News:
    """The pairs of the terms that can be judged, and how many terms and pairs there were in all."""

    terms: list[TermPairs]
    pairs: int
    called: int
    terms_asked: int
    most_called: int


def news(folder: Path, release: str, question: str) -> News:
    """Return the pairs that the version in `folder` predicted and `release` answers.

    Args:
        folder: of a gene_phenotype version.
        release: the later one.
        question: UNTESTED (pairs nobody had tested) or NORMAL (tested and not called, perhaps called since).
    """
    build = lake.build(release)
    predictions = {"predictions": str(folder / "predictions.parquet")}
    places = {"calls": str(build / "gene_phenotypes.parquet"), "genes": str(build / "genes.parquet")}
    names, joined, kept = _baselines(folder)
    query = PAIRS.format(
        baselines="".join(f'baselines."{name}"::float as "baseline.{name}",' for name in names),
        joined=joined,
        question=question,
    )
    found, totals = [], np.zeros(4, np.int64)
    with duckdb.connect() as connection:
        connection.execute(f"create temp table seen as {SEEN}", predictions)
        # All from the predictions, which are frozen: no other file of the version says what is judged.
        terms = [term for (term,) in connection.execute(TERMS, predictions).fetchall()]
        for batch in (terms[start : start + BATCH] for start in range(0, len(terms), BATCH)):
            span = {"first": batch[0], "last": batch[-1]}
            connection.execute(
                f"create or replace temp table news as {query}", {**predictions, **places, **kept, **span}
            )
            (counts,) = connection.execute(TOTALS).fetchall()
            totals = np.array([*(totals[:3] + counts[:3]), max(totals[3], counts[3])])
            connection.execute(f"delete from news where called < {FEWEST} or asked - called < {FEWEST}")
            judged = connection.execute("select distinct mp_term_id from news order by all").fetchall()
            found += [_term(connection, term, names) for (term,) in judged]
    return News(found, *totals.tolist())


def lost(folder: Path, release: str) -> dict[str, int]:
    """Return how many terms were predicted, and what of it the later release cannot answer.

    Terms and genes it does not know any more, and its findings under names that mean no MP term (`hits_unmatched`).
    """
    build = lake.build(release)
    places = {name: str(build / f"{name}.parquet") for name in ("terms", "genes")}
    with duckdb.connect() as connection:
        ((terms, terms_lost, genes_lost),) = connection.execute(
            LOST, {"predictions": str(folder / "predictions.parquet"), **places}
        ).fetchall()
    unmatched = lake.manifest(release)["marts"].get("unmatched_hits", {}).get("rows", 0)
    return {"terms": terms, "terms_lost": terms_lost, "genes_lost": genes_lost, "hits_unmatched": unmatched}


def _term(connection: duckdb.DuckDBPyConnection, term: str, names: list[str]) -> TermPairs:
    rows: dict[str, Any] = connection.execute(
        "select * from news where mp_term_id = ? order by gene", [term]
    ).fetchnumpy()
    return TermPairs(
        mp_term_id=term,
        genes=rows["gene"],
        is_called=np.asarray(rows["is_called"], np.bool_),
        is_measured=np.asarray(rows["is_measured"], np.bool_),
        scores=rows["score"],
        probabilities=rows["probability"],
        baselines={name: _whole(rows[f"baseline.{name}"]) for name in names},
    )


def _whole(scores: Any) -> Numbers:
    """Return scores with the lowest of them where one is missing: no publication known is none."""
    plain = np.ma.filled(np.ma.asarray(scores, dtype=np.float32), np.nan)
    lowest = np.nanmin(plain) if np.isfinite(plain).any() else 0.0
    return np.nan_to_num(plain, nan=float(lowest)).astype(np.float32)


def _baselines(folder: Path) -> tuple[list[str], str, dict[str, str]]:
    """Return the names of the baselines, the join that brings their scores, and the files it reads."""
    kept = folder / "baselines.parquet"
    if kept.exists():
        columns = pq.read_schema(kept).names
        names = [name for name in columns if name not in ("gene_id", "mp_term_id")]
        of_terms = "from read_parquet($kept) where mp_term_id between $first and $last"
        return names, f"left join ({of_terms}) as baselines using (gene_id, mp_term_id)", {"kept": str(kept)}
    release = folder.parent.name
    if release not in lake.releases():
        return [], "", {}
    return _of_genes(release)


def _of_genes(release: str) -> tuple[list[str], str, dict[str, str]]:
    """Return what a version without scores of its baselines can still be held against: how well studied a gene is."""
    build = lake.build(release)
    files = {"studied": str(build / "genes.parquet")}
    genes = "select gene_id, -novelty as publications from read_parquet($studied)"
    if not lake.has(release, "interactions"):
        return ["publications"], f"left join ({genes}) as baselines using (gene_id)", files
    files["interactions"] = str(build / "interactions.parquet")
    both = f"select * from ({genes}) left join ({DEGREE}) using (gene_id)"
    columns = f"select gene_id, publications, coalesce(degree, 0) as degree from ({both})"
    return ["degree", "publications"], f"left join ({columns}) as baselines using (gene_id)", files
