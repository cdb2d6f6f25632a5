"""The page of the knowledge graph: what it holds, how it hangs together, and how far it mirrors what was studied."""

from pathlib import Path
from typing import Any

from muster.portal.pages import write_standalone

#: What a kind of edge joins, in words.
MEANING = {
    "string": "two genes whose proteins are associated (STRING)",
    "biogrid": "two genes whose human proteins were seen to interact (BioGRID)",
    "go": "a gene and a GO term",
    "reactome": "a gene and a pathway",
    "tissue": "a gene and a human tissue or cell type with its protein",
    "stage": "a gene and a stage of the embryo with its transcript",
    "family": "a gene and its family (PANTHER)",
    "hpo": "a gene and a human phenotype of its orthologue (HPO)",
    "disease": "a gene and a human disease of its orthologue",
    "mp": "a gene and a phenotype it was called with: a label",
    "is_a": "a phenotype and the broader one above it",
}


def write(folder: Path, summary: dict[str, Any]) -> None:
    """Write `index.html` from the content of `graph.json`."""
    write_standalone(
        folder / "index.html",
        "graph.html",
        summary=summary,
        meaning=MEANING,
        bias={row["measure"]: row for row in summary["study_bias"]["with_novelty"]},
        drawn={
            "degrees": [{"name": row["name"], **row["tail"]} for row in summary["degrees"]],
            "levels": summary["study_bias"]["by_target_level"],
            "coverage": summary["coverage"],
        },
    )
