from pathlib import Path

import pytest

from muster import registry
from muster.answers.errors import NotServedError
from muster.answers.shelf import RETRY_AFTER_LOOKS, Shelf
from muster.settings import settings


def in_registry(model: str, version: str) -> Path:
    (folder,) = settings().registry.glob(f"{model}/*/{version}")
    return folder


def test_what_nobody_promoted_is_not_served_and_the_remedy_is_said() -> None:
    shelf = Shelf(in_registry, {})
    shelf.look()

    with pytest.raises(NotServedError, match="muster promote gene_phenotype"):
        shelf.champion("gene_phenotype")


def test_a_promoted_version_takes_over_at_the_next_look(write_champion) -> None:
    write_champion("22.0", "v1", 0.0)
    write_champion("23.0", "v2", 0.5)
    registry.promote("gene_phenotype", "22.0", "v1")
    shelf = Shelf(in_registry, {})
    shelf.look()
    before = shelf.champion("gene_phenotype")

    registry.promote("gene_phenotype", "23.0", "v2")
    shelf.look()

    assert before.source["model_version"] == "v1"
    assert shelf.champion("gene_phenotype").source == {
        "release": "23.0",
        "model": "gene_phenotype",
        "model_version": "v2",
        "trained_on": {"release": "23.0", "build": "b1", "rows": 2},
    }


def test_a_version_that_cannot_be_loaded_leaves_the_old_one_answering(write_champion) -> None:
    write_champion("22.0", "v1", 0.0)
    registry.promote("gene_phenotype", "22.0", "v1")
    shelf = Shelf(in_registry, {})
    shelf.look()
    broken = write_champion("23.0", "v2", 0.5) / "predictions.parquet"
    whole = broken.read_bytes()
    broken.write_bytes(whole[:100])

    registry.promote("gene_phenotype", "23.0", "v2")
    shelf.look()

    assert shelf.champion("gene_phenotype").source["model_version"] == "v1"
    assert "v2 cannot be loaded" in shelf.problems["gene_phenotype"]

    broken.write_bytes(whole)
    for _ in range(RETRY_AFTER_LOOKS + 1):
        shelf.look()

    assert shelf.champion("gene_phenotype").source["model_version"] == "v2"
    assert shelf.problems == {}


def test_without_a_registry_what_was_packaged_is_served(write_champion) -> None:
    folder = write_champion("22.0", "v1", 0.0)

    shelf = Shelf(lambda model, version: folder, {"gene_phenotype": "v1"})
    shelf.look()

    assert shelf.champion("gene_phenotype").source["model_version"] == "v1"
