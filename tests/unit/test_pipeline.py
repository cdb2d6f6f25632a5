import json

import pytest

from muster import pipeline
from muster.settings import settings
from muster.steps import train as step


def test_the_record_of_a_step_names_its_options_and_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    called = []
    monkeypatch.setattr(step, "train", lambda *arguments, **options: called.append((arguments, options)))

    pipeline.run_step("train", "gene_phenotype", "2.0", shard="3/40")
    pipeline.run_step("train", "gene_phenotype", "2.0", shard=None)

    assert called == [(("gene_phenotype", "2.0"), {"shard": "3/40"}), (("gene_phenotype", "2.0"), {})]
    lines = (settings().release_reports("2.0") / "steps.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [
        "train gene_phenotype --shard 3/40",
        "train gene_phenotype",
    ]
    assert all(json.loads(line)["peak_mb"] > 0 for line in lines)


def test_the_portal_is_built_although_a_report_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    called = []

    def note(name: str, *_: str) -> None:
        called.append(name)
        if name == "score":
            raise ValueError("predictions changed")

    monkeypatch.setattr(pipeline, "run_step", note)

    with pytest.raises(ValueError, match="predictions changed"):
        pipeline.run("2.0")

    assert called[-2:] == ["score", "portal"]
