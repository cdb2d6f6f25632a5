"""The controls of every trait, centre and sex as densities: before (canonical unit) and after (control z)."""

from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from muster import lake
from muster.portal.pages import rows_of

BINS = 60
#: A ridge shows this far from the centre of the controls, in their spread.
REACH = 4
#: Centres that differ by more than this factor are drawn on a logarithmic scale: the rest would be one spike.
WIDE = 5
#: Fewer animals have no shape.
FEWEST = 8

# One trait a row: the scale on which all its centres can be seen.
_RANGES = f"""
with centres as (
    select trait_id, location, coalesce(spread, 0) as spread from read_parquet(?)
    where isfinite(location) and control_count > 0
),
scales as (
    select trait_id, min(location) > 0 and max(location) > {WIDE} * min(location) as is_log
    from centres group by trait_id
),
ends as (
    select
        trait_id, is_log,
        min(if(is_log, ln(greatest(location - {REACH} * spread, location / 4)), location - {REACH} * spread)) as lowest,
        max(if(is_log, ln(location + {REACH} * spread), location + {REACH} * spread)) as highest
    from centres inner join scales using (trait_id) group by trait_id, is_log
)
select
    trait_id, is_log,
    if(highest > lowest, lowest, lowest - greatest(abs(lowest) / 10, 0.5)) as low,
    if(highest > lowest, highest, highest + greatest(abs(highest) / 10, 0.5)) as high
from ends order by trait_id
"""
# One pass over the controls; only whole numbers are added up, so any number of threads gives the same.
_COUNTS = f"""
with controls as (
    select
        trait_id, centre, sex,
        least(greatest(coalesce(floor(
            {BINS} * (if(is_log, if(value > 0, ln(value), null), value) - low) / (high - low)
        ), -1), -1), {BINS})::smallint as value_bin,
        case when isfinite(control_z) then
            least(greatest(floor({BINS} * (control_z / {REACH} + 1) / 2), -1), {BINS})
        end::smallint as z_bin
    from read_parquet(?) inner join ranges using (trait_id)
    where is_control and isfinite(value)
)
select
    trait_id, centre, sex, grouping(value_bin) = 1 as is_after, coalesce(value_bin, z_bin) as bin, count(*) as controls
from controls
group by grouping sets ((trait_id, centre, sex, value_bin), (trait_id, centre, sex, z_bin))
having bin is not null
order by all
"""


def ridges(release: str) -> dict[str, Any]:
    """Return for each trait its scale and, by centre and sex, the densities of its controls before and after.

    `before` and `after` hold a byte a bin, as hexadecimal digits; 255 stands for `before_peak` and `after_peak`.
    """
    folder = lake.build(release)
    with duckdb.connect() as connection:
        connection.execute(f"create temp table ranges as {_RANGES}", [str(folder / "trait_centres.parquet")])
        scales = connection.execute("from ranges order by trait_id").df()
        counts = connection.execute(_COUNTS, [str(folder / "measurements.parquet")]).df()
    found: dict[str, Any] = {row["trait_id"]: {**row, "centres": {}} for row in rows_of(scales)}
    for (trait, centre, sex), rows in counts.groupby(["trait_id", "centre", "sex"], sort=True):
        animals = int(rows.loc[~rows["is_after"], "controls"].sum())
        if animals >= FEWEST:
            sexes = found[str(trait)]["centres"].setdefault(str(centre), {})
            before, after = (_drawn(rows[rows["is_after"] == is_after]) for is_after in (False, True))
            sexes[str(sex)] = {
                "count": animals,
                **{f"before{name}": value for name, value in before.items()},
                **{f"after{name}": value for name, value in after.items()},
            }
    return {trait: entry for trait, entry in found.items() if entry["centres"]}


def _drawn(rows: pd.DataFrame) -> dict[str, Any]:
    """Return a density as hexadecimal bytes (`""`) and its peak; animals beyond the scale are missing in its area."""
    total = int(rows["controls"].sum())
    inside = rows[rows["bin"].between(0, BINS - 1)]
    counts = np.zeros(BINS)
    counts[inside["bin"].to_numpy(int)] = inside["controls"].to_numpy(float)
    shape = density(counts) * (counts.sum() / total if total else 0)
    peak = float(shape.max())
    levels = np.round(255 * shape / peak).astype(np.uint8) if peak > 0 else np.zeros(BINS, np.uint8)
    return {"": levels.tobytes().hex(), "_peak": round(peak, 5)}


def density(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the smoothed shape of a histogram, which adds up to 1.

    The kernel is normal and as wide as Silverman's rule says for the histogram, no narrower than half a bin.

    >>> density(np.array([0.0, 0.0, 9.0, 0.0, 0.0])).round(2).tolist()
    [0.0, 0.11, 0.79, 0.11, 0.0]
    """
    total = counts.sum()
    if not total:
        return np.zeros(len(counts))
    places = np.arange(len(counts))
    mean = (counts * places).sum() / total
    deviation = np.sqrt((counts * (places - mean) ** 2).sum() / total)
    width = max(0.5, 0.9 * deviation * total**-0.2)
    kernel = np.exp(-0.5 * ((places[:, None] - places[None, :]) / width) ** 2)
    # A kernel that reaches beyond the scale keeps its weight within it.
    kernel /= kernel.sum(axis=0)
    shape: NDArray[np.float64] = kernel @ (counts / total)
    return shape
