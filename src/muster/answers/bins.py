"""The finer split of viability, as it is answered."""

from pydantic import BaseModel, Field


class FusilBins(BaseModel):
    """FUSIL: CL cellular lethal, DL developmental lethal, SV subviable, VP, VN or V viable."""

    bin: str | None = Field(description="What is known; null for a gene without a bin.")
    source: str = Field(description="reported by the release, or derived from the outcome and DepMap.")
    probabilities: dict[str, float]
