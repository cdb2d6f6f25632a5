"""A comparison in a few sentences, and whether to train again: a few numbers against stated thresholds."""

from typing import Any

#: name -> (lowest, highest, why). Two-sided where real counts fall as well as rise; outside means: train again.
LIMITS: dict[str, tuple[float | None, float | None, str]] = {
    "changed_call_share": (None, 0.05, "labels: more than 5 % of the calls came or went"),
    "tested_gene_change": (-0.02, 0.05, "coverage: tested genes fell by 2 % or grew by 5 %"),
    "drifted_column_share": (None, 0.3, "inputs: more than 30 % of the watched columns drifted"),
    "method_correlation": (0.9, None, "method: effects on the same keys correlate below 0.9"),
}
#: Outside means: somebody looks before the new model answers.
REVIEW: dict[str, tuple[float | None, float | None, str]] = {
    "median_rank_correlation": (
        0.7,
        None,
        "stability: predictions of the two models rank differently (Spearman below 0.7)",
    ),
}


def verdict(numbers: dict[str, float | None], *, is_trained: bool) -> dict[str, Any]:
    """Return the recommendation, each number beside its limits, and the reasons.

    >>> verdict({"changed_call_share": 0.2}, is_trained=False)["recommendation"]
    'retrain'
    >>> verdict({"changed_call_share": 0.01}, is_trained=False)["recommendation"]
    'keep'
    """
    checks = [_check(name, numbers.get(name), *limits) for name, limits in LIMITS.items()]
    reviews = [_check(name, numbers.get(name), *limits) for name, limits in REVIEW.items()]
    reasons = [check["why"] for check in checks if check["is_within"] is False]
    is_known = any(check["value"] is not None for check in checks)
    return {
        "recommendation": "retrain" if reasons else "keep" if is_known else "unknown",
        "reasons": reasons,
        "review": [check["why"] for check in reviews if check["is_within"] is False],
        "is_trained": is_trained,
        "checks": [*checks, *reviews],
    }


def _check(name: str, value: float | None, low: float | None, high: float | None, why: str) -> dict[str, Any]:
    is_within = None
    if value is not None:
        is_within = (low is None or value >= low) and (high is None or value <= high)
    return {"name": name, "value": value, "low": low, "high": high, "is_within": is_within, "why": why}


def sentences(changes: dict[str, Any]) -> list[str]:
    """Return the comparison in a few sentences."""
    said = []
    tested = changes["data"]["headlines"].get("genes tested")
    if tested:
        said.append(f"{tested['after']:,} genes are tested, {tested['after'] - tested['before']:+,} against before.")
    calls = changes["why"]["calls"]
    if calls:
        said.append(f"{calls['gained']:,} calls are new, {calls['lost']:,} are gone, {calls['kept']:,} stayed.")
        for change, verb in (("gained", "New calls come mostly from"), ("lost", "Calls went mostly because of")):
            reason, count = max(changes["why"]["reasons"][change].items(), key=lambda item: item[1])
            if count:
                said.append(f"{verb}: {reason} ({count:,}).")
    method = changes["why"].get("method_drift")
    if method and method["all"]["pearson"] is not None:
        said.append(
            f"On the same line and trait, effects before and after correlate at {method['all']['pearson']:.2f}."
        )
    lacking = sorted(mart for mart, lack in changes["absent"].items() if len(lack["releases"]) == 1)
    if lacking:
        said.append(f"Not compared, because one release lacks them: {', '.join(lacking)}.")
    advice = {"retrain": "The models should be trained again.", "keep": "The models can stay."}
    said.append(
        advice.get(changes["so_what"]["verdict"]["recommendation"], "Too little is in both releases to advise.")
    )
    return said
