"""What staging could not read: cells that are filled in raw and empty in staging, counted over every row."""

import duckdb
import pandas as pd

from muster.quality.frames import Frame, column_types, says_something

#: Staging model -> its raw table, and its columns of numbers and dates -> the raw columns they are read from.
READ: dict[str, tuple[str, dict[str, str]]] = {
    "stg_impc__observations": (
        "observations",
        {"data_point": "data_point", "age_days": "age_in_days", "weight_grams": "weight",
         "experiment_on": "date_of_experiment"},
    ),
    "stg_impc__statistical_results": (
        "statistical_results",
        {"p_value": "p_value", "effect_size": "effect_size", "genotype_p_value": "genotype_effect_p_value",
         "genotype_estimate": "genotype_effect_parameter_estimate",
         "genotype_standard_error": "genotype_effect_stderr_estimate", "female_mutant_count": "female_mutant_count",
         "male_mutant_count": "male_mutant_count", "female_control_count": "female_control_count",
         "male_control_count": "male_control_count"},
    ),
    "stg_impc__assertions": ("assertions", {"p_value": "p_value", "effect_size": "effect_size"}),
    "stg_impc__viability_calls": (
        "viability", {"pup_count": "total_pups", "homozygote_percentage": "percentage_homs_hems"},
    ),
    "stg_impc__gene_hits": ("phenotype_hits_per_gene", {"hit_count": "hit_count"}),
    "stg_impc__parameter_hits": ("phenotype_hits_per_parameter", {"hit_count": "hit_count"}),
    "stg_impc__procedure_hits": ("phenotype_hits_per_procedure", {"hit_count": "hit_count"}),
    "stg_constraint__genes": (
        "gene_constraint",
        {
            "loeuf": "oe_lof_upper",
            "lof_oe": "oe_lof",
            "lof_oe_lower": "oe_lof_lower",
            "missense_oe": "oe_mis_upper",
            "missense_oe_lower": "oe_mis_lower",
            "shet": "shet_post_mean",
            "shet_rgcme": "shet_rgcme_mean",
            "depmap_effect": "mean_depmap_gene_effect_score",
            "h1_mef_bayes_factor": "h1_mef_bf",
            "h1_laminin_bayes_factor": "h1_laminin_bf",
        },
    ),
    "stg_idg__targets": ("idg_targets", {"novelty": "novelty"}),
    "stg_hpa__levels": ("protein_levels", {"protein_level": "value"}),
    "stg_atlas__expressions": ("embryo_expression", {"tpm": "value"}),
    "stg_string__interactions": ("string_interactions", {"score": "score"}),
}  # fmt: skip

KEYS = ["model", "column_name", "filled_count", "lost_count"]


def loss_frame(connection: duckdb.DuckDBPyConnection, _: str) -> Frame | None:
    """Return one row a column that staging reads as a number or a date."""
    rows = []
    for model, (table, columns) in READ.items():
        staged, raw = column_types(connection, "staging", model), column_types(connection, "raw", table)
        read = {name: source for name, source in columns.items() if name in staged and source in raw}
        if not read:
            continue
        kept_listing = ", ".join(f'count("{name}")' for name in read)
        filled_listing = ", ".join(_filled(source, staged[name]) for name, source in read.items())
        [kept] = connection.execute(f"select {kept_listing} from staging.{model}").fetchall()
        [filled] = connection.execute(f"select {filled_listing} from raw.{table}").fetchall()
        rows += [
            (model, name, float(there), float(there - here), (there - here) / there if there else None)
            for name, here, there in zip(read, kept, filled, strict=True)
        ]
    if not rows:
        return None
    data = pd.DataFrame(rows, columns=["model", "column_name", "filled_count", "lost_count", "lost_share"])
    return Frame(data.astype({"lost_share": float}), len(data), KEYS)


def _filled(column: str, declared: str) -> str:
    """Return SQL that counts the cells with something in them; only the odd ones are compared with the fillers."""
    text = f'"{column}"::varchar'
    plain = (
        f"try_cast(left({text}, 10) as date)" if declared == "DATE" else f"nullif(try_cast({text} as double), 'nan')"
    )
    return f"count(case when {plain} is not null or ({says_something(text)}) then 1 end)"
