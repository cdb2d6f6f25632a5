"""What a viability model learns: outcomes of one rule era, and the finer bins of FUSIL."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from muster import lake
from muster.graph.knowledge import positions
from muster.learners.labels import UNTESTED

#: From what cells cannot miss to what nobody misses; V is viable where the bin is derived.
BINS = ("CL", "DL", "SV", "VP", "VN", "V")


class ErasMixedError(RuntimeError):
    """The calls of a release were made by two definitions of subviable."""


@dataclass(frozen=True)
class Fusil:
    """The bin of each gene as a number into `bins`, -1 unknown, and whether bins are reported or derived."""

    bins: list[str]
    labels: NDArray[np.int32]
    source: str


def rule_era(release: str) -> str | None:
    """Return under which definition the outcomes of a release were called; None where its mart does not say.

    Raises:
        ErasMixedError: 263 lines changed their outcome with the rule, not with the mouse.
    """
    mart = lake.read(release, "viability")
    if "rule_era" not in mart.columns:
        return None
    eras = [era for (era,) in mart.project("rule_era").distinct().order("rule_era").fetchall()]
    if len(eras) > 1:
        raise ErasMixedError(
            f"release {release}: its viability calls are of the rules {' and '.join(map(str, eras))}, which must not "
            f"be mixed: build it from one release only with `muster run --release {release}`"
        )
    return str(eras[0]) if eras else None


def fusil(release: str, gene_ids: list[str]) -> Fusil | None:
    """Return the FUSIL bins of a release, None where it has none."""
    mart = lake.read(release, "viability")
    if "fusil_bin" not in mart.columns:
        return None
    known = mart.project("gene_id, fusil_bin, fusil_source").filter("fusil_bin is not null").order("gene_id")
    found = known.fetchnumpy()
    bins = [name for name in BINS if name in set(found["fusil_bin"])]
    if not bins:
        return None
    labels, rows = np.full(len(gene_ids), UNTESTED, np.int32), positions(gene_ids, found["gene_id"])
    for number, name in enumerate(bins):
        labels[rows[(found["fusil_bin"] == name) & (rows >= 0)]] = number
    return Fusil(bins, labels, str(found["fusil_source"][0]))
