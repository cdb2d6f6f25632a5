"""The numbers of the harmonisation page, from the published marts; None where a mart is absent."""

from typing import Any

import duckdb
import numpy as np

from muster import lake
from muster.harmonisation.evidence import cases
from muster.portal.pages import rows_of

DRAWN_PAIRS = 1500
LISTED_DRIFTS = 15

Rows = list[dict[str, Any]]

_TRAITS = """
select
    trait_id, trait_name, canonical_unit, procedure_family, centre_count, control_count, line_count,
    centre_share_before, centre_share_after, weight_slope, is_degenerate, treatment
from traits order by is_degenerate, centre_share_before desc nulls last, trait_id
"""
_AGREEMENT = """
select trait_id, reference_line_count, heterogeneity, heterogeneity_low, heterogeneity_high
from trait_agreement where isfinite(heterogeneity) order by heterogeneity desc, trait_id
"""
_COVERAGE = """
select
    trait_id, centre, control_count, line_count, round(coverage_weight, 3) as coverage_weight,
    round(tested_share, 4) as tested_share
from trait_centres where is_submitted order by trait_id, centre
"""
_GROUPS = """
select
    any_value(group_name) as group_name, representative_trait_id,
    list(trait_id order by trait_id) filter (where not is_representative) as others,
    median(mean_correlation) filter (where not is_representative) as correlation
from trait_groups group by representative_trait_id having count(*) > 1
order by count(*) desc, representative_trait_id
"""
_PAIRS = f"""
select
    trait_id_a, trait_id_b, round(control_correlation, 3) as controls, round(effect_correlation, 3) as effects,
    control_count, effect_count
from trait_pairs where isfinite(control_correlation) and isfinite(effect_correlation)
order by greatest(abs(control_correlation), abs(effect_correlation)) desc, trait_id_a, trait_id_b limit {DRAWN_PAIRS}
"""
_TREATMENTS = """
select treatment, count(*) as groups, sum(control_count)::bigint as controls
from control_groups group by treatment order by groups desc, treatment
"""
# A trait is listed where the mart `traits` calls it degenerate, or some of its groups have no spread.
_DEGENERATE = """
select
    trait_id, count(*) as groups, count(*) filter (where treatment = 'no spread') as without_spread,
    median(distinct_count) as distinct_values, median(floor_share) as floor_share,
    median(ceiling_share) as ceiling_share
from control_groups where control_count > 0 group by trait_id
having without_spread > 0 or list_contains($degenerate, trait_id)
order by without_spread / groups desc, trait_id
"""
_DRIFT = """
select centre, period_start, round(median(abs(drift)), 3) as size, count(*) as groups
from batch_effects where isfinite(drift) group by centre, period_start order by centre, period_start
"""
_DRIFTS = f"""
select trait_id, centre, period_start, drift, standard_error, control_count
from batch_effects where isfinite(drift) and abs(drift) > 2 * standard_error
order by abs(drift) desc, trait_id, centre, period_start limit {LISTED_DRIFTS}
"""


def read_traits(release: str) -> Rows | None:
    """Return every trait, the one whose controls the centre explains most first."""
    return _rows(release, _TRAITS) if lake.has(release, "traits") else None


def read_agreement(release: str) -> Rows | None:
    """Return how well centres agree on the same knockout, by trait, the worst first."""
    return _rows(release, _AGREEMENT) if lake.has(release, "trait_agreement") else None


def read_evidence(release: str, names: dict[str, str]) -> Rows | None:
    """Return every label of a unit with what the data say about it, doubtful ones first."""
    if not lake.has(release, "unit_evidence"):
        return None
    return cases(lake.read(release, "unit_evidence").df(), names)


def read_coverage(release: str) -> Rows | None:
    """Return every trait and centre that submits it: controls, lines, the share of the centre's lines that have it."""
    return _rows(release, _COVERAGE) if lake.has(release, "trait_centres") else None


def read_groups(release: str) -> Rows | None:
    """Return the groups of correlated traits, the largest first, with the trait that stands for the others."""
    return _rows(release, _GROUPS) if lake.has(release, "trait_groups") else None


def read_pairs(release: str) -> Rows | None:
    """Return the pairs of traits that go together most, on controls or on line effects."""
    return _rows(release, _PAIRS) if lake.has(release, "trait_pairs") else None


def read_treatments(release: str) -> dict[str, Rows] | None:
    """Return how many control groups were treated in which way, and the traits that cannot be scaled as others are."""
    if not lake.has(release, "control_groups"):
        return None
    degenerate = [row["trait_id"] for row in read_traits(release) or [] if row["is_degenerate"]]
    return {
        "groups": _rows(release, _TREATMENTS),
        "traits": _rows(release, _DEGENERATE, {"degenerate": degenerate}),
    }


def read_drift(release: str) -> dict[str, Rows] | None:
    """Return how far the controls of a centre drift in each period, and the largest drifts."""
    if not lake.has(release, "batch_effects"):
        return None
    return {"periods": _rows(release, _DRIFT), "largest": _rows(release, _DRIFTS)}


def _rows(release: str, query: str, values: dict[str, list[str]] | None = None) -> Rows:
    with duckdb.connect() as connection:
        for path in lake.build(release).glob("*.parquet"):
            connection.execute(f"create view {path.stem} as from read_parquet('{path}')")
        return [_plain(row) for row in rows_of(connection.execute(query, values).df())]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose dates and lists JSON knows."""
    dated = {name: value.date().isoformat() if hasattr(value, "date") else value for name, value in row.items()}
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in dated.items()}
