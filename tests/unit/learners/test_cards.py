import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from muster.learners.cards import write_card

FIGURES = {"auroc": [0.7134, 0.69, 0.7411], "auprc_over_prevalence": [2.4, 2.01, 2.9], "calibration_error": 0.0312}
METRICS = {
    "held_out": {"by": "gene_family", "n": 8416, "folds": 5, "tested_evidence": {"gene": {"pairs": 134656}}},
    "model": FIGURES,
    "baselines": {"degree": {"auroc": [0.5353, 0.5207, 0.5491], "auroc_lead": [0.1781, 0.15, 0.2]}},
    "shuffled": {"auroc": [0.5028, 0.4965, 0.5112]},
    "by_centre": {"Munich": 0.6512},
    "calibration": {
        "error_after": 0.02,
        "reliability": {"lethal": [[0.01, 0.02, 300], [0.5, 0.4, 300], [0.9, 1, 299]]},
    },
}


@pytest.fixture
def manifest() -> dict[str, Any]:
    spec = {
        "name": "gene_phenotype",
        "question": "Which untested genes will show this phenotype?",
        "target": "gene_phenotypes.status",
        "split": {"by": "gene_family", "folds": 5, "seed": 17},
        "gates": {"auroc_min": 0.72},
    }
    trained_on = {
        "release": "18.0",
        "build": "9483a8",
        "marts": {"genes": "ab" * 32},
        "feature_service": "gene_phenotype",
        "features_sha256": "cd" * 32,
        "training_table_sha256": "ef" * 32,
        "rows": 8416,
    }
    told = {"code_version": "366d932", "lock_sha256": "12" * 32, "device": "cpu", "metrics": METRICS}
    named = {"name": "gene_phenotype", "version": "v1", "release": "18.0"}
    return {**named, "spec": spec, "trained_on": trained_on, **told}


@pytest.fixture
def card(tmp_path: Path, manifest: dict[str, Any]) -> str:
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "features.json").write_text(json.dumps({"names": ["lift:go", "loeuf"]}))
    terms = [(f"MP:{n:02d}", f"term {n}", 50 + n, 8416, 0.8 - n / 100, 0.7 - n / 100, 0.9 - n / 100) for n in range(30)]
    columns = ["mp_term_id", "mp_term_name", "positives", "tested", "auroc", "auroc_low", "auroc_high"]
    pd.DataFrame(terms, columns=columns).to_parquet(tmp_path / "terms.parquet")
    return write_card(tmp_path).read_text()


def test_the_numbers_of_the_card_are_those_of_the_manifest(card: str) -> None:
    def cells(name: str) -> list[str]:
        (line,) = [line for line in card.splitlines() if line.startswith(f"| {name} |")]
        return [cell.strip() for cell in line.strip("|").split("|")][1:]

    def told(value: list[float]) -> str:
        return "{} [{}, {}]".format(*(f"{part:.4f}".rstrip("0") for part in value))

    assert cells("**this model**") == [told(FIGURES["auroc"]), told(FIGURES["auprc_over_prevalence"]), "0.0312"]
    assert cells("degree")[0] == told(METRICS["baselines"]["degree"]["auroc"])
    assert cells("shuffled labels (null)")[0] == told(METRICS["shuffled"]["auroc"])
    assert cells("AUROC min") == ["0.72", "0.7134", "missed"]
    assert "0.1781 [0.15, 0.2] over degree" in card


def test_the_card_names_data_features_code_and_limits(card: str) -> None:
    for words in (
        "release 18.0, build `9483a8`",
        "8,416 examples",
        f"| genes | `{'ab' * 32}` |",
        "- tested evidence, gene: pairs 134,656",
        "- by centre: Munich 0.6512",
        "- GO terms: `lift:go`",
        "code version `366d932`, device cpu",
    ):
        assert words in card
    assert re.search(r"## Limits\n\n\S", card)


def test_bins_of_probabilities_are_a_table_and_no_intervals(card: str) -> None:
    assert "Reliability, calibration: probability said / share found (examples)" in card
    assert "| lethal | 0.01 / 0.02 (300) | 0.5 / 0.4 (300) | 0.9 / 1 (299) |" in card
    assert "0.01 [" not in card


def test_best_and_worst_terms_are_shown_with_how_many_lie_between(card: str) -> None:
    assert "30 terms; the interval of 20 lies above an AUROC of 0.5." in card
    assert "| term 0 | MP:00 | 50 of 8,416 | 0.8 [0.7, 0.9] |" in card
    assert "| term 29 |" in card
    assert "… 10 between …" in card
    assert "| term 15 |" not in card


def test_a_card_needs_no_terms_and_no_feature_list(tmp_path: Path, manifest: dict[str, Any]) -> None:
    manifest["metrics"] = {"held_out": {"by": "specimen"}, "model": {"view_accuracy": [0.97, 0.96, 0.98]}}
    manifest["trained_on"]["feature_service"] = None
    manifest["spec"]["gates"] = {}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))

    assert "0.97 [0.96, 0.98]" in write_card(tmp_path).read_text()
