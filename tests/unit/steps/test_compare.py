"""The comparison of two releases."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from muster import lake, registry
from muster.comparison import predictions
from muster.portal.offline import external_references
from muster.steps.compare import compare

TERMS = (
    "select 'MP:1' as mp_term_id, 'short tail' as mp_term_name, false as is_obsolete, []::varchar[] as top_level_ids"
)


def release(genes: int, called: int, shift: float) -> dict[str, str]:
    """Marts of a release with so many genes, so many calls, and effects moved by `shift`."""
    everyone = f"(select gene, 'MGI:' || gene as gene_id, 'l' || gene as line_id from range({genes}) as genes(gene))"
    scalars = "0.1::double as shet, 1.0 as novelty, null::double as missense_oe, (gene * 37 % 100) / 100 as loeuf"
    released = f"'mixed model' as released_method, 0.5 as released_p_value, sin(gene) + {shift} as released_effect_size"
    term = "'MP:1' as mp_term_id, 'short tail' as mp_term_name, 0.001 as p_value"
    return {
        "terms": TERMS,
        "genes": f"""
            select gene_id, true as is_tested, 1 as line_count, gene % 5 as hit_count, {scalars} from {everyone}
        """,
        "lines": f"select line_id, gene_id, 'centre ' || gene % 3 as centre from {everyone}",
        "line_effects": f"""
            select line_id, gene_id, 'weight' as trait_id, 'both' as sex, 8 as mutant_count,
            null::double as effect_size,
            null::double as p_value, {released} from {everyone}
        """,
        "gene_phenotypes": f"""
            select gene_id, {term}, gene < {called} as is_direct, if(is_direct, 'called', 'tested') as status
            from {everyone}
        """,
    }


@pytest.fixture
def two_releases(publish_marts: Callable[..., Path]) -> None:
    publish_marts("9.0", absent={"images": "image_records is not on the mirror"}, **release(60, 20, 0.0))
    publish_marts("10.0", absent={"images": "image_records is not on the mirror"}, **release(80, 30, 0.0))


def save_model(at: str, probabilities: list[float], statuses: list[str], auroc: float) -> None:
    rows = [
        (f"MGI:{gene}", f"Gene{gene}", "MP:1", "short tail", probability, gene + 1, status)
        for gene, (probability, status) in enumerate(zip(probabilities, statuses, strict=True))
    ]
    columns = ["gene_id", "symbol", "mp_term_id", "mp_term_name", "probability", "rank", "status"]
    with registry.save("gene_phenotype", at, "v1") as folder:
        pd.DataFrame(rows, columns=columns).to_parquet(folder / "predictions.parquet")
        metrics = {"model": {"auroc": [auroc, round(auroc - 0.05, 2), round(auroc + 0.05, 2)]}}
        (folder / "manifest.json").write_text(json.dumps({"metrics": metrics}))


@pytest.mark.usefixtures("two_releases")
def test_what_changed_why_and_so_what_are_told_to_people_and_to_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictions, "model_names", lambda: ["gene_phenotype"])
    save_model("9.0", [gene / 20 for gene in range(20)], ["untested"] * 20, 0.7)
    save_model(
        "10.0", [gene / 20 + 0.01 for gene in range(20)], ["called"] * 5 + ["tested"] * 5 + ["untested"] * 10, 0.75
    )

    folder = compare("10.0")

    changes = json.loads((folder / "changes.json").read_text())
    assert changes["previous"] == "9.0"
    assert changes["data"]["headlines"]["genes tested"] == {"before": 60, "after": 80, "change": 0.3333}
    assert changes["why"]["calls"] == {"kept": 20, "gained": 10, "lost": 0}
    assert changes["why"]["method_drift"]["all"]["pearson"] == 1.0
    assert changes["absent"]["images"] == {"releases": ["9.0", "10.0"], "reason": "image_records is not on the mirror"}
    model = changes["so_what"]["models"]["gene_phenotype"]
    assert model["metrics"]["auroc"] == {"before": [0.7, 0.65, 0.75], "after": [0.75, 0.7, 0.8]}
    assert model["predictions"]["rank_correlation"]["median_spearman"] == 1.0
    assert model["predictions"]["came_true"]["called_share"] == 0.5
    assert changes["so_what"]["verdict"]["recommendation"] == "retrain"
    table = pd.read_parquet(folder / "release_changes.parquet")
    assert table.groupby("change").size().to_dict() == {"gained": 10, "kept": 20}
    page = (folder / "index.html").read_text()
    assert "80 genes are tested, +20 against before." in page
    assert external_references(page) == external_references((folder / "drift.html").read_text()) == []


@pytest.mark.usefixtures("two_releases")
def test_a_second_run_writes_the_same_numbers() -> None:
    def sums(folder: Path) -> dict[str, str]:
        names = ["changes.json", "drift.json", "release_changes.parquet", "index.html"]
        return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}

    first = sums(compare("10.0"))

    assert sums(compare("10.0")) == first


def test_moved_distributions_are_told(publish_marts: Callable[..., Path]) -> None:
    publish_marts("9.0", **release(60, 20, 0.0))
    publish_marts("10.0", **release(60, 20, 3.0))

    folder = compare("10.0")

    columns = json.loads((folder / "drift.json").read_text())["columns"]
    assert columns["line effects: weight"]["is_drifted"]
    assert not columns["tested genes: loeuf"]["is_drifted"]


def test_releases_that_share_only_genes_are_compared_as_far_as_they_go(publish_marts: Callable[..., Path]) -> None:
    publish_marts("9.0", genes=release(60, 20, 0.0)["genes"], absent={"gene_phenotypes": "no assertions"})
    publish_marts("10.0", **release(60, 20, 0.0))

    folder = compare("10.0")

    changes = json.loads((folder / "changes.json").read_text())
    assert changes["why"] == {"calls": None}
    assert changes["absent"] == {"gene_phenotypes": {"releases": ["9.0"], "reason": "no assertions"}}
    assert "Not compared, because one release lacks them: gene_phenotypes." in changes["summary"]


def test_the_first_release_has_nothing_to_be_compared_with(publish_marts: Callable[..., Path]) -> None:
    publish_marts("9.0", **release(60, 20, 0.0))

    with pytest.raises(lake.SkippedError, match="no older release is published"):
        compare("9.0")
