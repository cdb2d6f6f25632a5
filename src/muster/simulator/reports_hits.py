"""The reports that count calls: per line, parameter, procedure, top-level term, gene and centre."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

import pandas as pd

from muster.simulator.headers import header
from muster.simulator.reports import pathologies, term_name
from muster.simulator.vocabulary import rows, top_levels
from muster.simulator.writing import Row

NOT_COUNTED = "reproductive system phenotype"
GENE_PAGE = "https://www.mousephenotype.org/data/genes/"


def called(results: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return every call the assertions file has, pathology included."""
    return pd.concat([results[results["is_significant"]], pathologies(results, seed)], ignore_index=True)


def per_line(results: pd.DataFrame, calls: pd.DataFrame) -> list[Row]:
    """Return how many colonies have no call, one, two …: homozygous, heterozygous, any."""
    counts = []
    for zygosity in ("homozygote", "heterozygote", None):
        tested, found = (frame[frame["zygosity"] == zygosity] if zygosity else frame for frame in (results, calls))
        hits = found["colony_id"].value_counts()
        silent = set(tested["colony_id"]) - set(hits.index)
        counts.append({0: len(silent), **{int(number): int(many) for number, many in Counter(hits).items()}})
    most = max(max(count) for count in counts)
    body = [[number, *(count.get(number, 0) for count in counts)] for number in range(most + 1)]
    return [header("phenotype_hits_per_line"), *body]


def per_subject(subject: str, calls: pd.DataFrame) -> list[Row]:
    """Return the calls of each `parameter` or `procedure` with the genes they are about."""
    body: list[Row] = []
    for (key, name), group in calls.groupby([f"{subject}_id", f"{subject}_name"]):
        genes = group.drop_duplicates("gene_id")
        body.append([key, name, "|".join(genes["symbol"]), "|".join(genes["gene_id"]), len(group)])
    return [header(f"phenotype_hits_per_{subject}"), *body]


def without_genes(body: list[Row]) -> list[Row]:
    """Return the same as the old report had it: names and counts alone."""
    (first, second, *_, last), *others = body
    return [[first, second, str(last).lower()], *([row[0], row[1], row[-1]] for row in others)]


def per_top_level_term(results: pd.DataFrame, calls: pd.DataFrame) -> list[list[Row]]:
    """Return three tables by top-level term: calls, lines and genes, with how many were tested."""
    done = results[results["status"] == "Successful"]
    tested, found = _by_top_level(done), _by_top_level(calls, called_only=True)
    tables = []
    for name, key in (("calls", None), ("lines", "line"), ("genes", "gene")):
        body: list[Row] = []
        for term in sorted(tested):
            part, whole = found.get(term, []), tested[term]
            count, total = (len({getattr(row, key) for row in each}) if key else len(each) for each in (part, whole))
            second = total if key else total - count
            body.append([term, count, second, 100 * count / total])
        tables.append([header(f"top_level_term_{name}"), *body])
    return tables


def _by_top_level(frame: pd.DataFrame, *, called_only: bool = False) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows(frame):
        possible = (row.mp_term_id,) if called_only else (row.mp_term_id, row.increased, row.decreased)
        for name in _systems(possible):
            found.setdefault(name, []).append(row)
    found.pop(NOT_COUNTED, None)
    return found


def _systems(terms: Iterable[object]) -> set[str]:
    known = {term for term in terms if isinstance(term, str) and term.startswith("MP:")}
    return {name for term in known for name in _system_names(term)}


@cache
def _system_names(term: str) -> tuple[str, ...]:
    return tuple(term_name(top) for top in top_levels(term))


def by_zygosity(calls: pd.DataFrame, *, is_old: bool) -> list[Row]:
    """Return the genes of each top-level term by zygosity; viability is left out."""
    genes: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows(_without_viability(calls)):
        for name in _systems([row.mp_term_id]):
            genes.setdefault((name, row.zygosity), {})[row.symbol] = row.gene_id
    body: list[Row] = []
    for (name, zygosity), found in sorted(genes.items()):
        listed = ": ".join(found) if is_old else "|".join(f"{symbol}({key})" for symbol, key in found.items())
        body.append([name, zygosity, len(found), listed])
    return [header(f"top_level_term_zygosities{'_old' * is_old}"), *body]


def by_gene_and_centre(calls: pd.DataFrame, viability: pd.DataFrame, *, is_old: bool) -> list[Row]:
    """Return the calls of each gene at each centre by zygosity, with its viability there."""
    counts: dict[tuple[str, str, str], dict[str, int]] = {}
    for row in rows(_without_viability(calls)):
        if _systems([row.mp_term_id]):
            found = counts.setdefault((row.symbol, row.gene_id, row.centre), {})
            found[row.zygosity] = found.get(row.zygosity, 0) + 1
    outcomes: dict[tuple[str, str, str], list[str]] = {}
    for row in rows(viability):
        outcomes.setdefault((row.symbol, row.gene_id, row.centre), []).append(row.call)
    body: list[Row] = []
    for symbol, gene_id, centre in sorted({*counts, *outcomes}):
        found = counts.get((symbol, gene_id, centre), {})
        verdict = ": ".join(outcomes.get((symbol, gene_id, centre), []))
        numbers = [found.get(zygosity, "") for zygosity in ("homozygote", "heterozygote", "hemizygote")]
        who = [symbol, centre] if is_old else [symbol, gene_id, centre]
        body.append([*who, verdict, *numbers, f"{GENE_PAGE}{gene_id}"])
    return [header(f"gene_centre_calls{'_old' * is_old}"), *body]


def _without_viability(calls: pd.DataFrame) -> pd.DataFrame:
    return calls[~calls["parameter_id"].str.contains("VIA")]
