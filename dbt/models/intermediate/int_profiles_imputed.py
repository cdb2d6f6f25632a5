"""One row per line and representative trait: its effect, measured or imputed."""

from muster.traits.imputation import impute
from muster.traits.matrix import matrix_of
from muster.traits.rows import as_table


def model(dbt, session):
    dbt.config(materialized="table")
    effects = matrix_of(dbt.ref("int_effects_represented").to_arrow_table(), "line_id", "trait_id", "effect_size")
    judged = dbt.ref("int_imputations_judged").order("trait_id").df()
    return as_table(impute(effects, judged["is_better"].to_numpy(bool), seed=17))
