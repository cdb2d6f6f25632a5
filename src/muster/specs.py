"""The models that exist: `models/<name>.yml`, checked."""

from typing import Any, Literal

import yaml
from pydantic import BaseModel

from muster.settings import settings

Learner = Literal["xgboost_per_term", "xgboost_classifier", "image_network", "xgboost_gene_sets"]


class Split(BaseModel, extra="forbid", frozen=True):
    """How held-out examples are chosen: whole groups of `by` go to one fold."""

    by: Literal["gene_family", "gene", "specimen", "centre", "gene_set"]
    folds: int = 5
    seed: int = 17


class ModelSpec(BaseModel, extra="forbid", frozen=True):
    """One model: its question, its data, its learner and what it must reach to be promoted."""

    name: str
    question: str
    target: str
    """mart.column, e.g. viability.outcome"""
    needs: list[str]
    """Marts without which the model is skipped."""
    features: str | None = None
    """The Feast feature service; None where the learner reads files (images)."""
    learner: Learner
    params: dict[str, Any] = {}
    split: Split
    gates: dict[str, float] = {}


class UnknownModelError(ValueError):
    """There is no such spec."""


def model_names() -> list[str]:
    """Return the names of all models, sorted."""
    return sorted(path.stem for path in (settings().root / "models").glob("*.yml"))


def load_spec(name: str) -> ModelSpec:
    """Return the spec `models/<name>.yml`.

    Raises:
        UnknownModelError: lists the models there are.
    """
    path = settings().root / "models" / f"{name}.yml"
    if not path.exists():
        raise UnknownModelError(f"{name}: no such model; models/ has {', '.join(model_names())}")
    return ModelSpec.model_validate({"name": name, **yaml.safe_load(path.read_text())})
