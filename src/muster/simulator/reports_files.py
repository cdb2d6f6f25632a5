"""Which report files a release has, and what stands in each: the layout of its era."""

import gzip
from dataclasses import dataclass
from functools import cache

import pandas as pd

from muster.catalog import catalog, release_key
from muster.simulator import reports, reports_hits, reports_lines, reports_overview
from muster.simulator.headers import header_at
from muster.simulator.sizes import release_named
from muster.simulator.writing import Row, stacked, table

SUBSETS = {"3I": "3i", "EUROPHENOME": "EuroPhenome", "IMPC": "IMPC", "MGP": "MGP"}
"""Files with the calls of one resource, by what their names end in."""
EMPTY: Row = [""]


@dataclass(frozen=True)
class Published:
    """What a release says: every result (viability among them), and every viability call in full."""

    results: pd.DataFrame
    calls: pd.DataFrame


@dataclass(frozen=True)
class Counted:
    """The calls of a release, pathology included, and the numbers it is announced with."""

    calls: pd.DataFrame
    numbers: dict[str, int]


def counted(said: Published, bulk: dict[str, list[bytes]], seed: int) -> Counted:
    """Return the calls and counts of a release; `bulk` holds its observations and image records."""
    calls = reports_hits.called(said.results, seed)
    points, images = (sum(map(_line_count, bulk[name])) for name in ("observations", "image_records"))
    return Counted(calls, reports_overview.counts(said.results, calls, points, images))


@cache
def _line_count(part: bytes) -> int:
    return gzip.decompress(part).count(b"\n")


def report_files(said: Published, found: Counted, release: str, seed: int) -> dict[str, str]:
    """Return the text of every report file by its path below the release folder."""
    is_old = release_key(release) < release_key("12.0")
    engine = release_named(release).engine
    calls = reports.assertions(said.results, release, engine, seed)
    tested = reports.statistical_results(said.results, release, engine, seed)
    texts = {
        "assertions": table(header_at("assertions", release), calls),
        "statistical_results": table(header_at("statistical_results", release), tested),
        "viability": reports.viability(said.calls, release),
        "phenotype_hits_per_gene": reports.hits_per_gene(said.results, seed),
        "procedure_completeness": reports.completeness(said.results),
        **_hit_files(said, found, is_old=is_old),
        "lacz_expression": stacked(reports_lines.lacz_expression(said.calls, seed, is_old=is_old)),
        "fusil": stacked(reports_lines.fusil(said.results, said.calls)),
    }
    paths = {name: catalog().files[name].path_at(release) for name in texts}
    several = {
        **_subset_files(header_at("assertions", release), calls, is_old=is_old),
        **_subject_files(found, release, is_old=is_old),
        **_fertility_files(reports_lines.fertility(said.calls, seed), release, is_old=is_old),
        **_overview_files(said, found, release),
    }
    return {path: texts[name] for name, path in paths.items() if path} | several


def _subset_files(header: list[str], columns: list[list[object]], *, is_old: bool) -> dict[str, str]:
    rows = list(zip(*columns, strict=True))
    place = header.index("resource_name")
    files = {}
    for name, resource in SUBSETS.items():
        chosen = list(zip(*(row for row in rows if row[place] == resource), strict=True)) or [()] * len(header)
        old = f"csv/{'EuroPhenome' if name == 'EUROPHENOME' else name}_genotype_phenotype.csv.gz"
        path = old if is_old else f"results/genotype-phenotype-assertions-{name}.csv.gz"
        files[path] = table(header, chosen)
    return files


def _hit_files(said: Published, found: Counted, *, is_old: bool) -> dict[str, str]:
    calls, lines, genes = reports_hits.per_top_level_term(said.results, found.calls)
    zygosities = reports_hits.by_zygosity(found.calls, is_old=is_old)
    centres = reports_hits.by_gene_and_centre(found.calls, said.calls, is_old=is_old)
    between = [EMPTY, EMPTY] if is_old else [EMPTY]
    return {
        "phenotype_hits_per_line": stacked([*reports_hits.per_line(said.results, found.calls), EMPTY]),
        "phenotype_hits_per_top_level_term": stacked([*calls, EMPTY, *lines, EMPTY, *genes, EMPTY]),
        "gene_term_associations": stacked([*zygosities, *between, *centres]),
    }


def _subject_files(found: Counted, release: str, *, is_old: bool) -> dict[str, str]:
    parameters, procedures = (reports_hits.per_subject(subject, found.calls) for subject in ("parameter", "procedure"))
    if is_old:
        parameters, procedures = reports_hits.without_genes(parameters), reports_hits.without_genes(procedures)
    path = str(catalog().files["phenotype_hits_per_parameter_and_procedure"].path_at(release))
    if "*" not in path:
        return {path: stacked([*parameters, EMPTY, *procedures])}
    return {
        "results/phenotypeHitsPerParameter.csv.gz": stacked([*parameters, EMPTY]),
        "results/phenotypeHitsPerProcedure.csv.gz": stacked([*procedures, EMPTY]),
    }


def _fertility_files(lines: pd.DataFrame, release: str, *, is_old: bool) -> dict[str, str]:
    summary = reports_lines.fertility_summary(lines, is_old=is_old)
    conflicts, detailed = reports_lines.fertility_conflicts(lines), reports_lines.fertility_lines(lines)
    path = str(catalog().files["fertility"].path_at(release))
    if is_old:
        return {path: stacked(summary)}
    if "*" not in path:
        return {path: stacked([*summary, EMPTY, *conflicts, [reports_lines.NOTE], EMPTY, *detailed])}
    return {
        # The second name is a guess: only the first and the third are documented.
        "results/fertility-1-summary.csv.gz": stacked(summary),
        "results/fertility-2-conflicting.csv.gz": stacked([*conflicts, [reports_lines.NOTE]]),
        "results/fertility-3-detailed.csv.gz": stacked(detailed),
    }


def _overview_files(said: Published, found: Counted, release: str) -> dict[str, str]:
    counts = reports_overview.overview(said.results, found.numbers)
    tops, terms = reports_overview.overview_of_terms(said.results, found.calls)
    path = str(catalog().files["data_overview"].path_at(release))
    if "*" not in path:
        return {path: stacked([*counts, EMPTY, *tops, EMPTY, *terms, EMPTY])}
    # What follows `data-overview-` is a guess.
    return {
        path.replace("*", "summary"): stacked(counts),
        path.replace("*", "top-level-mp-terms"): stacked(tops),
        path.replace("*", "mp-terms"): stacked(terms),
    }
