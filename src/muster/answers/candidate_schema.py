"""The shapes of the question about a gene set and of its answer."""

from pydantic import BaseModel, ConfigDict, Field

from muster.answers.schema import EXAMPLE_SOURCE, Gene, Source, UnknownGene

#: A set of fewer genes has no middle; of more, it is unlike any that was learned from.
FEWEST, MOST = 3, 200


class CandidatesQuestion(BaseModel):
    """A set of genes."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"genes": ["Mapk14", "Mapk11", "Map2k3", "Map2k6"], "limit": 20, "untested": True}
        },
    )

    genes: list[str] = Field(
        min_length=FEWEST, max_length=MOST, description="Symbols, MGI accessions or human symbols of the set."
    )
    limit: int = Field(20, ge=1, le=200, description="Most genes to return.")
    untested: bool = Field(False, description="Only genes that were not tested yet.")


class RankedGene(Gene):
    """A gene that may belong to the set."""

    rank: int = Field(description="1 = the likeliest of all genes outside the set.")
    score: float = Field(description="What the booster says; it orders the genes.")
    probability: float = Field(
        description="Of genes with such a score, the share that were hidden members of the pathways it was judged by."
    )
    target_level: str | None = Field(description="Tdark, Tbio, Tchem or Tclin: how much is known (IDG).")
    is_tested: bool = Field(description="A knockout of the gene was phenotyped.")
    reasons: list[str] = Field(description="What speaks for it, by name.")


class CandidatesAnswer(Source):
    """The genes that likely belong to the set, likeliest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                **EXAMPLE_SOURCE,
                "model": "candidate_genes",
                "members": [{"gene_id": "MGI:1346865", "symbol": "Mapk14"}],
                "genes": [
                    {
                        "gene_id": "MGI:1338024",
                        "symbol": "Mapk12",
                        "rank": 1,
                        "score": 0.98,
                        "probability": 0.31,
                        "target_level": "Tchem",
                        "is_tested": False,
                        "reasons": ["interacts with 3 of 4 of the set: Map2k3, Map2k6, Mapk11", "random walk rank 2"],
                    }
                ],
                "unknown": [{"found": "Mapk41", "near": ["Mapk14"]}],
                "notes": ["TP53: a human symbol, taken as its one-to-one orthologue Trp53"],
            }
        }
    )

    members: list[Gene] = Field(description="The set as it was understood.")
    genes: list[RankedGene]
    unknown: list[UnknownGene] = Field(description="Names that no gene has; they were left out.")
    notes: list[str] = Field(description="What was done to the names, and members about which little is known.")
