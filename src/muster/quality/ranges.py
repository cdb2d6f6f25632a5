"""What the values of each trait look like at each centre, by the distribution of its own controls."""

import duckdb

from muster.quality.frames import Frame
from muster.warehouse import tables

#: A control distribution is known from so many controls: the error of a spread from 20 is a fifth of it.
FEWEST_CONTROLS = 20
#: The median of the z of 200 controls has an error of 0.09; that of 20 says nothing of the scale.
FEWEST_FOR_Z = 200
#: A value so many robust spreads from the median of the controls is outside: normal values never are.
RADIUS = 12

# One row a trait, centre and sex. Spread is 1.4826 MAD, or the interquartile range / 1.349 where that is 0; groups
# without either are shown by the share of controls at their median, and have no range.
RANGES = f"""
    with groups as (
        select
            trait_id,
            centre,
            sex,
            count(*) filter (where is_control) as control_count,
            count(*) filter (where not is_control) as mutant_count,
            median(value) filter (where is_control) as location,
            1.4826 * mad(value) filter (where is_control) as deviation,
            quantile_cont(value, [0.25, 0.75]) filter (where is_control) as quartiles,
            median(control_z) filter (where is_control) as z_median,
            1.4826 * mad(control_z) filter (where is_control) as z_spread,
            count(control_z) as z_count
        from marts.measurements
        group by trait_id, centre, sex
    ),

    scaled as (
        select
            *,
            case when control_count >= {FEWEST_CONTROLS}
                then coalesce(nullif(deviation, 0), nullif((quartiles[2] - quartiles[1]) / 1.349, 0))
            end as spread
        from groups
    ),

    counted as (
        select
            measurements.trait_id,
            measurements.centre,
            measurements.sex,
            count(*) filter (where is_control and abs(value - location) > {RADIUS} * spread) as control_outside,
            count(*) filter (where not is_control and abs(value - location) > {RADIUS} * spread) as mutant_outside,
            count(*) filter (where is_control and value = location) as control_same_count
        from marts.measurements as measurements
        inner join scaled
            on measurements.trait_id = scaled.trait_id
            and measurements.centre is not distinct from scaled.centre
            and measurements.sex = scaled.sex
        group by measurements.trait_id, measurements.centre, measurements.sex
    )

    select
        scaled.trait_id,
        scaled.centre,
        scaled.sex,
        scaled.control_count::double as control_count,
        scaled.mutant_count::double as mutant_count,
        scaled.location,
        scaled.spread,
        case when spread is not null then control_outside / control_count end as control_outside_share,
        case when spread is not null then mutant_outside / nullif(mutant_count, 0) end as mutant_outside_share,
        case when spread is not null then 1 - z_count / (control_count + mutant_count) end as missing_z_share,
        case when control_count >= {FEWEST_CONTROLS} then control_same_count / control_count end as same_value_share,
        case when spread is not null and control_count >= {FEWEST_FOR_Z} then z_median end as z_median,
        case when spread is not null and control_count >= {FEWEST_FOR_Z} then z_spread end as z_spread
    from scaled
    inner join counted
        on scaled.trait_id = counted.trait_id
        and scaled.centre is not distinct from counted.centre
        and scaled.sex = counted.sex
    order by scaled.trait_id, scaled.centre, scaled.sex
"""

KEYS = ["trait_id", "centre", "sex", "control_count", "mutant_count", "location", "spread"]


def range_frame(connection: duckdb.DuckDBPyConnection, _: str) -> Frame | None:
    """Return one row a trait, centre and sex, aggregated in the warehouse."""
    if "measurements" not in tables(connection, "marts"):
        return None
    data = connection.sql(RANGES).df()
    return Frame(data, len(data), KEYS)
