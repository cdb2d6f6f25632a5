"""One row per pair of traits: how they go together over controls and over lines."""

from muster.traits.correlations import pair_up
from muster.traits.matrix import matrix_of
from muster.traits.rows import as_table


def model(dbt, session):
    dbt.config(materialized="table")
    controls = matrix_of(dbt.ref("int_controls_sampled").to_arrow_table(), "animal_id", "trait_id", "z")
    effects = matrix_of(dbt.ref("int_effects_averaged").to_arrow_table(), "line_id", "trait_id", "effect_size")
    return as_table(pair_up(controls, effects))
