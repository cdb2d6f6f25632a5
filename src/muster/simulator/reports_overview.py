"""What a release says of itself: the data overview and the metadata of its web page."""

import json
from collections.abc import Iterable
from datetime import date

import pandas as pd

from muster.simulator.headers import header
from muster.simulator.reports import term_name
from muster.simulator.sizes import release_named
from muster.simulator.vocabulary import rows, top_levels
from muster.simulator.writing import Row

COMPLETE = 13
"""Procedures after which a gene counts as complete."""
NOTES = "**Release notes:**\nSimulated: no number in it is biology.\n"


def counts(results: pd.DataFrame, calls: pd.DataFrame, point_count: int, image_count: int) -> dict[str, int]:
    """Return the numbers a release is announced with."""
    return {
        "phenotyped genes": results["gene_id"].nunique(),
        "phenotyped mutant lines": results["line"].nunique(),
        "phenotype hits": len(calls),
        "data points": point_count,
        "images": image_count,
    }


def overview(results: pd.DataFrame, numbers: dict[str, int]) -> list[Row]:
    """Return the counts and the lines of each centre, without a heading."""
    lines = results.groupby("centre")["line"].nunique()
    body: list[Row] = [[f"# {name}", number] for name, number in numbers.items()]
    body += [[""], *([f"# mutant lines phenotyped at {centre}", int(count)] for centre, count in lines.items())]
    return body


def overview_of_terms(results: pd.DataFrame, calls: pd.DataFrame) -> tuple[list[Row], list[Row]]:
    """Return how many genes have each top-level term, and each term: of all genes, and of those that are complete."""
    done = results[results["status"] == "Successful"].groupby("gene_id")["procedure_id"].nunique()
    groups = set(done.index), set(done[done >= COMPLETE].index)
    genes: dict[str, set[str]] = {}
    tops: dict[str, set[str]] = {}
    for row in rows(calls[calls["mp_term_id"].str.startswith("MP:")]):
        genes.setdefault(term_name(row.mp_term_id), set()).add(row.gene_id)
        for top in top_levels(row.mp_term_id):
            tops.setdefault(term_name(top), set()).add(row.gene_id)
    tables = [
        [header(name), *_shares(found, groups)]
        for name, found in (("data_overview_top_level_terms", tops), ("data_overview_terms", genes))
    ]
    return tables[0], tables[1]


def _shares(found: dict[str, set[str]], groups: Iterable[set[str]]) -> list[Row]:
    body: list[Row] = []
    for name, genes in sorted(found.items()):
        cells: Row = [name]
        for group in groups:
            count = len(genes & group)
            cells = [*cells, count, f"{100 * count / max(len(group), 1):.5g}%"]
        body.append(cells)
    return body


def metadata(results: pd.DataFrame, calls: pd.DataFrame, release: str, numbers: dict[str, int]) -> str:
    """Return `release_metadata.json`, one of its keys misspelt as on the real site."""
    plan = release_named(release)
    package, version = plan.engine.split()
    samples = results.drop_duplicates("line").groupby("centre")[["female_count", "male_count"]].agg(["size", "sum"])
    tops: dict[str, dict[str, int]] = {}
    for row in rows(calls[calls["mp_term_id"].str.startswith("MP:")]):
        for top in top_levels(row.mp_term_id):
            found = tops.setdefault(term_name(top), {})
            found[row.zygosity] = found.get(row.zygosity, 0) + 1
    document = {
        "dataReleaseVersion": release,
        "dataReleaseDate": date.strftime(plan.released_on, "%d-%m-%Y"),
        "dataReleaseNotes": NOTES,
        "statisticalAnalysisPackage": {"name": package, "version": version},
        "genomeAssembly": {"species": "Mus musculus", "version": plan.assembly},
        "summaryCounts": {
            release: {
                "phenotypedGenes": numbers["phenotyped genes"],
                "phenotypedLines": numbers["phenotyped mutant lines"],
                "phentoypeCalls": numbers["phenotype hits"],
            }
        },
        "dataPointCount": {release: [{"dataType": "all", "count": numbers["data points"]}]},
        "sampleCounts": [
            {
                "phenotypingCentre": centre,
                "mutantLines": int(found["female_count", "size"]),
                "mutantSpecimens": int(found["female_count", "sum"] + found["male_count", "sum"]),
            }
            for centre, found in samples.iterrows()
        ],
        "phenotypeAnnotations": [
            {
                "topLevelPhenotype": name,
                "total": sum(found.values()),
                "counts": [{"zygosity": zygosity, "count": count} for zygosity, count in sorted(found.items())],
            }
            for name, found in sorted(tops.items())
        ],
    }
    return json.dumps(document, indent=2) + "\n"
