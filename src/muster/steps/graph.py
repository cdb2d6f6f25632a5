"""Describe the knowledge graph of a release, or write it to a file that other programs read."""

import logging
from pathlib import Path
from typing import Any

from muster import lake
from muster.catalog import catalog
from muster.graph import page
from muster.graph.elements import Elements, read_elements
from muster.graph.export import write_graphml
from muster.graph.selection import Selection
from muster.graph.statistics import describe, plain_rows
from muster.graph.study_bias import study_bias
from muster.settings import settings

logger = logging.getLogger(__name__)

#: The companions behind each kind of edge and behind what genes bring along.
COMPANIONS = {
    "genes": ["orthologues", "idg_targets", "gene_constraint"],
    "string": ["string_interactions"],
    "biogrid": ["biogrid_interactions"],
    "go": ["go_annotations", "go_ontology"],
    "reactome": ["reactome_annotations", "reactome_pathways"],
    "tissue": ["protein_levels"],
    "stage": ["embryo_expression"],
    "family": ["gene_families"],
    "hpo, disease": ["human_phenotypes"],
    "is_a": ["mp_ontology"],
}


def graph(release: str) -> Path:
    """Write the statistics of the knowledge graph as JSON and as a page; return their folder.

    Raises:
        SkippedError: the release has neither interactions nor annotations.
    """
    if not any(lake.has(release, mart) for mart in ("interactions", "annotations")):
        raise lake.SkippedError(f"graph of {release}: the release has no interactions and no annotations")
    elements = read_elements(release)
    summary = _summary(release, elements)
    target = settings().release_reports(release) / "graph"
    with lake.draft(target) as folder:
        lake.write_json(folder / "graph.json", summary)
        page.write(folder, summary)
    logger.info(
        "graph: %s genes, %s nodes, %s edges; %s",
        *(f"{count:,}" for count in (elements.gene_count, len(elements.nodes), len(elements.edges))),
        "; ".join(f"no {name}" for name in summary["not_given"]) or "every source was given",
    )
    return target


def export(release: str, target: Path, selection: Selection) -> Path:
    """Write the graph of a release, or the asked part of it, as GraphML; return the file."""
    elements = write_graphml(release, target, selection)
    logger.info("graph: %s nodes, %s edges: %s", f"{len(elements.nodes):,}", f"{len(elements.edges):,}", target)
    return target


def _summary(release: str, elements: Elements) -> dict[str, Any]:
    manifest = lake.manifest(release)
    sources = manifest.get("sources", {})
    files = [
        {
            "about": about,
            "companion": name,
            "sha256": sources[name],
            "rows": manifest.get("source_rows", {}).get(name),
            "licence": catalog().companions[name].licence,
        }
        for about, names in COMPANIONS.items()
        for name in names
        if name in sources
    ]
    known = {entry["companion"] for entry in files}
    return {
        "release": release,
        "build": manifest["build"],
        **describe(elements),
        "study_bias": study_bias(elements),
        "orthologues": _orthologues(elements),
        "unmapped": _unmapped(release),
        "files": files,
        "not_given": [name for names in COMPANIONS.values() for name in names if name not in known],
    }


def _orthologues(elements: Elements) -> dict[str, int]:
    """Return how many genes human sources can reach: those whose orthologue is theirs alone."""
    has = elements.flags("has_one_to_one_orthologue")
    return {"one_to_one": int(has.sum()), "none_or_shared": int((~has).sum())}


def _unmapped(release: str) -> list[dict[str, Any]]:
    if not lake.has(release, "unmapped_symbols"):
        return []
    return plain_rows(lake.read(release, "unmapped_symbols", "source, reason, symbol_count").order("all").df())
