"""One row per representative trait: how well held-out effects are found from the other traits."""

from muster.traits.imputation import judge_imputation
from muster.traits.matrix import matrix_of
from muster.traits.rows import as_table


def model(dbt, session):
    dbt.config(materialized="table")
    effects = matrix_of(dbt.ref("int_effects_represented").to_arrow_table(), "line_id", "trait_id", "effect_size")
    return as_table(judge_imputation(effects, seed=17))
