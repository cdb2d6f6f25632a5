"""Three genes, two terms, one champion: small enough to know every number."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from muster import registry
from muster.settings import settings

GENES = {"MGI:101": "Abcd1", "MGI:102": "Mapk14", "MGI:103": "Xyz2"}
TERMS = {"MP:0001399": "hyperactivity", "MP:0002083": "premature death"}
# gene, term, score, probability, rank among the untested, status, held out
ROWS = [
    ("MGI:101", "MP:0001399", 0.91, 0.50, None, "called", True),
    ("MGI:102", "MP:0001399", 0.35, 0.20, 2, "untested", False),
    ("MGI:103", "MP:0001399", 0.62, 0.30, 1, "untested", False),
    ("MGI:101", "MP:0002083", 0.11, 0.05, None, "tested", True),
    ("MGI:102", "MP:0002083", 0.80, 0.60, 1, "untested", False),
]

WriteChampion = Callable[[str, str, float], Path]


@pytest.fixture
def write_champion() -> WriteChampion:
    """Give a function that trains by hand: (release, version, what is added to each score) -> folder."""

    def write(release: str, version: str, shift: float) -> Path:
        with registry.save("gene_phenotype", release, version) as draft:
            write_phenotype_files(draft, shift)
            trained_on = {"release": release, "build": "b1", "rows": 2, "feature_service": "gene_phenotype"}
            manifest = {
                "name": "gene_phenotype",
                "release": release,
                "version": version,
                "learner": "xgboost_per_term",
                "trained_on": trained_on,
                "metrics": {"model": {"auroc": [0.8, 0.7, 0.9]}},
            }
            (draft / "manifest.json").write_text(json.dumps(manifest))
        return registry.folder("gene_phenotype", release, version)

    return write


@pytest.fixture
def known_genes() -> None:
    """Publish marts that know one gene and one term more than the model scored."""
    build = settings().lake / "23.0" / "b1"
    build.mkdir(parents=True)
    genes = {**GENES, "MGI:104": "Lonely"}
    pq.write_table(pa.table({"gene_id": list(genes), "symbol": list(genes.values())}), build / "genes.parquet")
    terms = {**TERMS, "MP:0009999": "rare thing"}
    pq.write_table(pa.table({"mp_term_id": list(terms), "mp_term_name": list(terms.values())}), build / "terms.parquet")
    (build.parent / "current").symlink_to("b1")


def write_phenotype_files(folder: Path, shift: float) -> None:
    """Write predictions, terms and explanations as the learner does."""
    columns = list(zip(*ROWS, strict=True))
    predictions = {
        "gene_id": columns[0],
        "symbol": [GENES[gene] for gene in columns[0]],
        "mp_term_id": columns[1],
        "score": pa.array([score + shift for score in columns[2]], pa.float32()),
        "probability": pa.array(columns[3], pa.float32()),
        "rank": pa.array(columns[4], pa.int32()),
        "status": columns[5],
        "is_held_out": columns[6],
    }
    pq.write_table(pa.table(predictions), folder / "predictions.parquet")
    terms = {
        "mp_term_id": list(TERMS),
        "mp_term_name": list(TERMS.values()),
        "positives": [60, 70],
        "auroc": [0.8, 0.7],
    }
    pq.write_table(pa.table(terms), folder / "terms.parquet")
    reasons = {"gene_id": ["MGI:103"], "mp_term_id": ["MP:0001399"], "reasons": ['["interacts with Abcd1"]']}
    pq.write_table(pa.table(reasons), folder / "explanations.parquet")
