"""What every learner hands back."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fitted:
    """What a fit found; the files are already in the target folder."""

    metrics: dict[str, Any]
    rows: int
    training_table_sha256: str
