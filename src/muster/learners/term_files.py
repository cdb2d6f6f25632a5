"""What is kept of each fitted term until all are done: a killed fit goes on where it stopped."""

import json
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from muster.learners.metrics import Floats
from muster.learners.term_fit import TermFit

BASELINE = "baseline."
DEVICE = "device"


@dataclass(frozen=True)
class KeptTerm:
    """A fitted term as read back."""

    scores: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    metrics: dict[str, Floats]
    baselines: dict[str, NDArray[np.float32]]
    explanations: dict[int, dict[str, Any]]
    """gene's place -> what `explanations.explain_term` says about it"""


def is_kept(work: Path, key: str) -> bool:
    """Return whether a term is complete: its last file is there."""
    return (work / f"{key}.json").exists()


def keep(work: Path, key: str, fitted: TermFit, explanations: dict[int, dict[str, Any]], device: str) -> None:
    """Write a term's files, each whole or not at all, the one that says it is complete last; `device` is kept."""
    _whole(work / f"{key}.ubj", fitted.booster.save_model)
    arrays: dict[str, NDArray[Any]] = {"scores": fitted.scores, "probabilities": fitted.probabilities, **fitted.metrics}
    arrays[DEVICE] = np.array(device)
    arrays |= {f"{BASELINE}{name}": scores for name, scores in fitted.baselines.items()}
    _whole(work / f"{key}.npz", lambda path: np.savez(path, allow_pickle=False, **arrays))
    _whole(work / f"{key}.json", lambda path: path.write_text(json.dumps(explanations)))


def read_kept(work: Path, key: str) -> KeptTerm:
    """Return a term that was kept."""
    with np.load(work / f"{key}.npz", allow_pickle=False) as arrays:
        found = {name: arrays[name] for name in arrays.files if name != DEVICE}
    baselines = [name for name in found if name.startswith(BASELINE)]
    explanations = json.loads((work / f"{key}.json").read_text())
    return KeptTerm(
        scores=found.pop("scores"),
        probabilities=found.pop("probabilities"),
        baselines={name.removeprefix(BASELINE): found.pop(name) for name in baselines},
        metrics=found,
        explanations={int(gene): told for gene, told in explanations.items()},
    )


def device_of(work: Path, key: str) -> str:
    """Return what a term that was kept was fitted on."""
    with np.load(work / f"{key}.npz", allow_pickle=False) as arrays:
        return str(arrays[DEVICE])


def _whole(path: Path, write: Callable[[Path], object]) -> None:
    # XGBoost and numpy choose the format by the suffix, so the draft keeps it. Two workers whose shards overlap write
    # the same bytes, each in a draft of its own.
    draft = path.with_name(f"draft-{socket.gethostname()}-{os.getpid()}-{path.name}")
    write(draft)
    draft.replace(path)
