"""A trained version made by hand, as the portal finds it."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from muster import registry
from muster.learners.cards import write_card
from muster.portal.models import Version

TERMS = [("MP:1", "short tail", 0.7, 0.65, 0.75), ("MP:2", "cataract", 0.52, 0.45, 0.58)]
TOLD = {
    "reasons": ["interacts with Tbx6, called for this term (1 of 2 tested partners)"],
    "groups": {"interaction partners": 0.7, "constraint": -0.4, "family size": 0.01, "base": -2.1},
    "paths": [{"metapath": "string", "path": "Gene5 -STRING- Tbx6", "weight": 0.3536, "share": 0.5, "log_odds": 0.7}],
    "nearest": [{"gene_id": "MGI:1", "symbol": "Gene1", "status": "called", "cosine": 0.91, "shared_partners": 4}],
    "against": ["paralogue Gene9 of PTHR1: tested and normal (1 of 1 tested in the family)"],
}
METRICS = {
    "held_out": {"by": "gene_family", "n": 60},
    "model": {"auroc": [0.7123, 0.69, 0.73], "calibration_error": 0.0312},
    "baselines": {"degree": {"auroc": [0.6, 0.5, 0.7]}},
}


@pytest.fixture
def version(tmp_path: Path) -> Version:
    """Gene1 to Gene60 are tested (a third called), Gene61 to Gene300 untested; Gene65 and Gene70 are dark."""
    folder = tmp_path / "version"
    folder.mkdir()
    write_version(folder)
    return Version("23.0", "v1", folder, registry.manifest(folder), None, is_champion=True)


def write_version(folder: Path) -> None:
    spec = {"name": "gene_phenotype", "question": "Which?", "target": "a.b", "gates": {}}
    spec |= {"split": {"by": "gene_family", "folds": 5, "seed": 17}}
    names = ("release", "build", "feature_service", "features_sha256", "training_table_sha256")
    trained_on = {**dict.fromkeys(names, "ab"), "marts": {"genes": "cd"}, "rows": 60}
    manifest = {"name": "gene_phenotype", "version": "v1", "release": "23.0", "spec": spec, "trained_on": trained_on}
    manifest |= {"metrics": METRICS, "device": "cpu", "code_version": "abc", "lock_sha256": "ef"}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    chance = np.random.default_rng(4)
    rows = []
    for term, name, *_ in TERMS:
        for gene in range(1, 301):
            status = "untested" if gene > 60 else "called" if gene % 3 == 0 else "tested"
            score = chance.random() + (status == "called") * 0.4
            rank = gene - 60 if gene > 60 else None
            rows.append((f"MGI:{gene}", f"Gene{gene}", term, name, score, 0.5 - gene / 1000, rank, status))
    columns = ["gene_id", "symbol", "mp_term_id", "mp_term_name", "score", "probability", "rank", "status"]
    frame = pd.DataFrame(rows, columns=columns).astype({"rank": "Int32", "score": "float32"})
    frame.to_parquet(folder / "predictions.parquet")
    terms = pd.DataFrame(TERMS, columns=["mp_term_id", "mp_term_name", "auroc", "auroc_low", "auroc_high"])
    terms = terms.assign(positives=20, tested=60, prevalence=1 / 3, auprc_over_prevalence=2.0, precision_at_20=0.4)
    terms.to_parquet(folder / "terms.parquet")
    explained = {name: json.dumps(told) for name, told in TOLD.items()}
    pd.DataFrame([{"gene_id": "MGI:65", "mp_term_id": "MP:1", **explained}]).to_parquet(folder / "explanations.parquet")
    dark = {"gene_id": "MGI:65", "symbol": "Gene65", "target_level": "Tdark", "mp_term_id": "MP:1"}
    dark |= {"mp_term_name": "short tail", "probability": 0.435, "prior": 1 / 3, "probability_over_prior": 1.305}
    dark |= {"rank": 5, "auroc": 0.7, "auroc_low": 0.65, "auroc_high": 0.75, "why": explained["reasons"]}
    dark |= {"path": "Gene65 -STRING- Tbx6", "against": explained["against"]}
    pd.DataFrame([dark]).to_parquet(folder / "dark_genes.parquet")
    advice = [
        {"gene_id": f"MGI:{n}", "symbol": f"Gene{n}", "target_level": "Tdark" if n == 65 else "Tbio", "kind": "gene"}
        | {"system": "", "terms": 2, "information": n / 100, "corrected": -n / 10, "rank": 301 - n}
        | {"corrected_rank": n - 60, "interaction_degree": float(n), "novelty": 1 / n, "go_count": 3.0 + n % 5}
        | {"questions": "short tail (p = 0.43)"}
        for n in range(61, 301)
    ]
    pd.DataFrame(advice).to_parquet(folder / "advisor.parquet")
    write_card(folder)
