"""From two releases of the small universe to the one line that says what the models were worth."""

import json
import re
from pathlib import Path

import pytest

from muster import backtest as module
from muster import lake, registry
from muster.backtest import BacktestError, backtest
from muster.learners import prospective
from muster.learners.frozen import FrozenChangedError
from muster.mirrors.discovery import UnknownReleaseError
from muster.settings import configure, settings
from muster.specs import ModelSpec, load_spec
from muster.steps import train as step

QUICK = {
    "viability": {"rounds": 20, "shuffles": 1},
    "gene_phenotype": {
        "min_positives": 25,
        "shuffled_terms": 1,
        "metapaths": ["string", "go", "string.string"],
        "rounds": 20,
    },
}
BOTH = ["gene_phenotype", "viability"]


@pytest.fixture
def quick_specs(monkeypatch: pytest.MonkeyPatch) -> None:
    def load_quick(name: str) -> ModelSpec:
        spec = load_spec(name)
        return spec.model_copy(update={"params": {**spec.params, **QUICK[name]}})

    for place in (step, module):
        monkeypatch.setattr(place, "load_spec", load_quick)


@pytest.fixture
def empty_mirror(tmp_path: Path) -> None:
    (tmp_path / "mirror" / "all-data-releases" / "release-3.0").mkdir(parents=True)
    configure(mirror=f"demo=file:{tmp_path / 'mirror'}")


@pytest.mark.usefixtures("quick_specs")
def test_models_of_one_release_are_trained_and_judged_by_the_next(feature_workspace: Path) -> None:
    current, champions = lake.current(), {name: registry.aliases(name) for name in BOTH}

    page, line = backtest("1.0", "2.0", [*BOTH, "viability"])

    told = json.loads((page.parent / "scores.json").read_text())
    phenotype, viability = told["scores"]
    assert phenotype["terms"] >= 2
    assert phenotype["figures"]["model"]["auroc"][0] > 0.65
    assert phenotype["figures"]["model"]["auroc"][0] > phenotype["figures"]["baselines"]["degree"]["auroc"][0]
    assert viability["figures"]["model"]["auroc_lethal"][0] > 0.6
    number = r"-?\d\.\d{3} \[-?\d\.\d{3}, \d\.\d{3}\]"
    assert re.match(
        rf"backtest 1\.0 -> 2\.0: gene_phenotype \d terms, mean AUROC {number}, mean AUPRC/prior {number}; "
        rf"baselines \(mean AUROC, mean AUPRC/prior\): .*degree {number}, {number}",
        line,
    )
    assert "viability 48 genes, AUROC lethal" in line
    assert lake.current() == current
    assert {name: registry.aliases(name) for name in BOTH} == champions


@pytest.mark.usefixtures("empty_mirror")
@pytest.mark.parametrize(
    ("train", "test", "models", "error", "said"),
    [
        ("2.0", "2.0", BOTH, BacktestError, "2.0 is the same release; --test takes a later one"),
        ("10.0", "9.2", BOTH, BacktestError, "10.0 is newer than the release that judges"),
        ("1.0", "2.0", ["xray"], BacktestError, "xray: a later release can judge gene_phenotype, viability"),
        ("1.0", "2.0", [], BacktestError, "--models names none: a later release can judge gene_phenotype, viability"),
        ("3.0", "4.0", BOTH, UnknownReleaseError, "4.0: not on mirror"),
    ],
)
def test_what_cannot_be_asked_is_said_at_once(
    train: str, test: str, models: list[str], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=re.escape(said)):
        backtest(train, test, models)


def test_releases_that_lack_what_is_judged_say_what(publish_marts) -> None:
    genes = "select 'MGI:1' as gene_id"
    publish_marts("1.0", absent={"gene_phenotypes": "no assertions"}, genes=genes)
    publish_marts("2.0", genes=genes)

    with pytest.raises(
        BacktestError, match=r"nothing could be judged: .*release 1\.0 has no gene_phenotypes \(no asser"
    ):
        backtest("1.0", "2.0", BOTH)

    assert not (settings().release_reports("2.0") / "backtest").exists()


@pytest.mark.parametrize(
    ("lacking", "said"),
    [("no term has 50 called genes", "viability is not judged: no term has 50 called genes"), (None, "they changed")],
)
def test_why_a_model_is_not_judged_is_told(monkeypatch: pytest.MonkeyPatch, lacking: str | None, said: str) -> None:
    def refuse(*_: object) -> None:
        raise FrozenChangedError("they changed")

    monkeypatch.setattr(module, "run_step", lambda *_: lacking)
    monkeypatch.setattr(module, "version_of", lambda *_: "v1")
    monkeypatch.setattr(prospective, "score_version", refuse)
    reasons: list[str] = []

    assert module._judged("viability", "1.0", "2.0", reasons) == []
    assert reasons == [said]
