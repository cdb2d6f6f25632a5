"""The shapes of every question and answer, with the examples that OpenAPI shows."""

from math import isfinite
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from muster.answers.bins import FusilBins

Status = Literal["called", "tested", "untested"]

TRAINED_ON: JsonDict = {"release": "23.0", "build": "9d1c2b7a5e60", "rows": 540}
EXAMPLE_SOURCE: JsonDict = {
    "release": "23.0",
    "model": "gene_phenotype",
    "model_version": "3f2a9c41d07e",
    "trained_on": TRAINED_ON,
}


def told(content: Any) -> Any:
    """Return JSON content with null for what is not a number; JSON has no word for it.

    >>> told({"auroc": [float("nan"), 0.5]})
    {'auroc': [None, 0.5]}
    """
    if isinstance(content, dict):
        return {name: told(value) for name, value in content.items()}
    if isinstance(content, list):
        return [told(value) for value in content]
    return None if isinstance(content, float) and not isfinite(content) else content


class Source(BaseModel):
    """Where an answer comes from."""

    model_config = ConfigDict(protected_namespaces=())

    release: str = Field(description="The data release the model belongs to.")
    model: str
    model_version: str
    trained_on: dict[str, Any] = Field(description="Release, lake build and training table of the model.")


class Gene(BaseModel):
    """A mouse gene."""

    gene_id: str = Field(description="MGI accession.")
    symbol: str | None


class Term(BaseModel):
    """An MP term."""

    mp_term_id: str
    mp_term_name: str | None


class Scored(BaseModel):
    """What a model says about one gene and one MP term."""

    status: Status = Field(description="called; tested and not called; or untested, which is unknown.")
    score: float = Field(description="The booster's raw score; comparable within a term only.")
    probability: float = Field(description="The calibrated probability that the gene has the phenotype.")
    rank: int | None = Field(description="1 = the likeliest of the untested genes; null where the gene was tested.")
    is_held_out: bool = Field(description="The score comes from a model that did not see this gene.")
    reasons: list[str] = Field(description="What made the score, by name; only for the best ranked genes of a term.")
    paths: list[str] = Field([], description="The strongest paths to called genes; for the same genes.")
    against: list[str] = Field([], description="What speaks against the phenotype; for the same genes.")


class Phenotype(Scored, Term):
    """One MP term of one gene."""


class GenePhenotypes(Source, Gene):
    """The terms of one gene, likeliest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                **EXAMPLE_SOURCE,
                "gene_id": "MGI:1346858",
                "symbol": "Mapk14",
                "phenotypes": [
                    {
                        "mp_term_id": "MP:0001399",
                        "mp_term_name": "hyperactivity",
                        "status": "untested",
                        "score": 0.61,
                        "probability": 0.22,
                        "rank": 3,
                        "is_held_out": False,
                        "reasons": ["interacts with Akt2, which is called for this term"],
                    }
                ],
                "why_none": None,
            }
        }
    )

    phenotypes: list[Phenotype]
    why_none: str | None = Field(None, description="Why there is no score for this gene.")


class ScoredGene(Scored, Gene):
    """One gene of one MP term."""


class TermGenes(Term, Source):
    """The genes of one MP term, likeliest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                **EXAMPLE_SOURCE,
                "mp_term_id": "MP:0001399",
                "mp_term_name": "hyperactivity",
                "evaluation": {"positives": 63, "tested": 540, "prevalence": 0.117, "auroc": 0.78},
                "genes": [
                    {
                        "gene_id": "MGI:1346858",
                        "symbol": "Mapk14",
                        "status": "untested",
                        "score": 0.61,
                        "probability": 0.22,
                        "rank": 3,
                        "is_held_out": False,
                        "reasons": ["interacts with Akt2, which is called for this term"],
                    }
                ],
                "why_none": None,
            }
        }
    )

    evaluation: dict[str, Any] = Field(description="How well this term is predicted on held-out genes, and baselines.")
    genes: list[ScoredGene]
    why_none: str | None = Field(None, description="Why there is no score for this term.")


class GeneViability(Source, Gene):
    """Is the homozygous knockout lethal, subviable or viable?"""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                **EXAMPLE_SOURCE,
                "model": "viability",
                "gene_id": "MGI:1346858",
                "symbol": "Mapk14",
                "outcome": None,
                "probabilities": {"lethal": 0.71, "subviable": 0.11, "viable": 0.18},
                "is_held_out": False,
                "rule_era": "from 20.0",
                "reasons": ["need of human cells (cells need it, DepMap effect -0.94): odds of lethal x 4.1"],
                "fusil": {"bin": None, "source": "reported", "probabilities": {"CL": 0.52, "DL": 0.2, "VP": 0.28}},
                "features_as_of": "2025-06-01",
                "why_none": None,
            }
        }
    )

    outcome: str | None = Field(description="What was observed; null where it was not tested or its lines disagree.")
    probabilities: dict[str, float] | None
    is_held_out: bool = Field(description="The model that gave these probabilities did not see this gene's outcome.")
    rule_era: str | None = Field(None, description="The definition of subviable it learned: it changed at 20.0.")
    reasons: list[str] = Field([], description="What speaks for lethal rather than viable, or against it.")
    fusil: FusilBins | None = Field(None, description="The finer split, by a model that knows nothing of human cells.")
    features_as_of: str | None = Field(None, description="Date of the features, where they were read live from Feast.")
    why_none: str | None = Field(None, description="Why there is no score for this gene.")


class PredictQuestion(BaseModel):
    """A batch of genes for one model."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"model": "gene_phenotype", "genes": ["Mapk14", "MGI:95522"]}}
    )

    model: Literal["gene_phenotype", "viability"] = "gene_phenotype"
    genes: list[str] = Field(min_length=1, max_length=1000, description="Symbols or MGI accessions.")
    limit: int = Field(20, ge=1, le=100, description="Most terms a gene (gene_phenotype only).")


class UnknownGene(BaseModel):
    """A name that no gene has, and names that look like it."""

    found: str
    near: list[str]


class PredictAnswer(Source):
    """One entry a gene, in the order of the question."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                **EXAMPLE_SOURCE,
                "phenotypes": [],
                "viability": [],
                "unknown": [{"found": "Mapk41", "near": ["Mapk14"]}],
            }
        }
    )

    phenotypes: list[GenePhenotypes]
    viability: list[GeneViability]
    unknown: list[UnknownGene]


class XrayAnswer(Source):
    """What the network sees in one radiograph, and what was done to the picture before."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                **EXAMPLE_SOURCE,
                "model": "xray",
                "width": 1024,
                "height": 768,
                "view": {"dorsoventral": 0.98, "lateral": 0.02},
                "sex": {"female": 0.91, "male": 0.09},
                "rotation_degrees": 91.5,
                "crop": [40, 12, 990, 760],
                "body_area_pixels": 182400,
                "flags": ["padded"],
            }
        }
    )

    width: int
    height: int
    view: dict[str, float] = Field(description="Probability of each view the model knows.")
    sex: dict[str, float]
    rotation_degrees: float = Field(description="How far the animal was turned clockwise from head up.")
    crop: list[int] = Field(description="Left, top, right and bottom of the animal, in the file's pixels.")
    body_area_pixels: int
    flags: list[str] = Field(description="padded, inverted, head_uncertain, cut_off: look again before you believe.")


class ServedModel(BaseModel):
    """A champion, how it did and why it was promoted."""

    model: str
    release: str
    version: str
    learner: str | None
    trained_on: dict[str, Any]
    metrics: dict[str, Any]
    decision: dict[str, Any] | None = Field(description="The gates it was held against and the comparison.")
    problem: str | None = Field(None, description="Why a newer champion does not answer yet.")


class ModelsAnswer(BaseModel):
    """Every model that answers now."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "models": [
                    {
                        "model": "viability",
                        "release": "23.0",
                        "version": "3f2a9c41d07e",
                        "learner": "xgboost_classifier",
                        "trained_on": TRAINED_ON,
                        "metrics": {"model": {"auroc": [0.78, 0.74, 0.82]}},
                        "decision": {"accepted": True, "gates": []},
                        "problem": None,
                    }
                ]
            }
        }
    )

    models: list[ServedModel]


class ErrorAnswer(BaseModel):
    """Why there is no answer, and what to do."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "error": "limit: found 0, expected a number from 1 to 1000",
                "field": "limit",
                "found": "0",
                "expected": "a number from 1 to 1000",
                "near": [],
            }
        }
    )

    error: str
    field: str | None = None
    found: str | None = None
    expected: str | None = None
    near: list[str] = []
