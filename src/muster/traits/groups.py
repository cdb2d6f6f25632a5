"""Traits that say the same, grouped, with the one that most centres measure to stand for the rest."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from muster.traits.correlations import DECIMALS, evidence
from muster.traits.matrix import Values

#: At 0.7 two traits share half of their variance.
CUT = 0.7


def group_traits(pairs: pd.DataFrame, coverage: pd.DataFrame) -> pd.DataFrame:
    """Return one row a trait: who represents it, and how it goes with the others of its group.

    `coverage` has trait_id, centre_count and animal_count. Traits belong together where their mean correlation, on
    controls and on line effects, is 0.7 or more; opposites are no group.
    """
    coverage = coverage.sort_values(
        ["centre_count", "animal_count", "trait_id"], ascending=[False, False, True], kind="stable"
    )
    traits = sorted(coverage["trait_id"])
    pairs = pairs[pairs["trait_id_a"].isin(traits) & pairs["trait_id_b"].isin(traits)]
    alike = _similarity(pairs, traits)
    groups = pd.Series(_clusters(alike), index=traits)
    representatives = coverage["trait_id"].groupby(groups[coverage["trait_id"]].to_numpy()).first()
    rows = pd.DataFrame({"trait_id": pd.Series(traits, dtype=object), "group_number": groups.to_numpy()})
    rows["representative_trait_id"] = rows["group_number"].map(representatives).astype(object)
    rows["is_representative"] = rows["trait_id"] == rows["representative_trait_id"]
    rows["member_count"] = rows.groupby("group_number")["trait_id"].transform("size")
    rows["mean_correlation"] = _mean_inside(alike, groups.to_numpy())
    rows["evidence"] = _evidence(pairs, groups)
    return rows.drop(columns="group_number")


def similarity(pairs: pd.DataFrame) -> "pd.Series[float]":
    """Return the weaker of a pair's two correlations, the one there is, or 0: what is not known groups nobody."""
    return pairs[["control_correlation", "effect_correlation"]].min(axis=1).fillna(0.0)


def _similarity(pairs: pd.DataFrame, traits: list[str]) -> Values:
    places = {name: place for place, name in enumerate(traits)}
    first, second = pairs["trait_id_a"].map(places), pairs["trait_id_b"].map(places)
    alike = np.eye(len(traits))
    alike[first, second] = alike[second, first] = similarity(pairs)
    return alike


def _clusters(alike: Values) -> NDArray[np.int32]:
    if len(alike) < 2:  # noqa: PLR2004 - one trait has nobody to be grouped with
        return np.ones(len(alike), np.int32)
    tree = linkage(squareform(1.0 - alike, checks=False), "average")
    clusters: NDArray[np.int32] = fcluster(tree, 1.0 - CUT, "distance")
    return clusters


def _mean_inside(alike: Values, groups: NDArray[np.int32]) -> Values:
    """Return each trait's mean correlation with the others of its group; NaN for one alone."""
    same = (groups[:, None] == groups[None, :]) & ~np.eye(len(groups), dtype=bool)
    with np.errstate(invalid="ignore"):
        mean: Values = np.round(np.where(same, alike, 0.0).sum(axis=1) / same.sum(axis=1), DECIMALS)
    return mean


def _evidence(pairs: pd.DataFrame, groups: "pd.Series[int]") -> NDArray[np.object_]:
    """Return the kinds of correlation between a trait and its group, or, where it stands alone, and any other."""
    turned = pairs.rename(columns={"trait_id_a": "trait_id_b", "trait_id_b": "trait_id_a"})
    sides = pd.concat([pairs, turned], ignore_index=True)
    is_inside = sides["trait_id_a"].map(groups) == sides["trait_id_b"].map(groups)
    is_alone = sides["trait_id_a"].map(groups).map(groups.value_counts()) == 1
    kept = sides[is_inside | is_alone]
    has = kept[["control_correlation", "effect_correlation"]].notna().groupby(kept["trait_id_a"]).any()
    has = has.reindex(groups.index, fill_value=False)
    return evidence(has["control_correlation"], has["effect_correlation"])
