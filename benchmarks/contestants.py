"""The same work by others: text cells become typed, units canonical, controls the measure of everyone, lines effects.

Every peer cleans its text cells, drops repeated measurements, maps parameters to traits with their factor, takes median
and MAD of the controls of each group, scores every measurement by them, averages the scores of a specimen, compares
each line with its controls (with a standard error) and writes measurements and effects as Parquet. The bare pass gets
typed rows and only takes the statistics and scores.
"""

import json
import time
from pathlib import Path
from typing import Any

from swollen import RELEASE, Place, afresh, text_rows

COLUMNS = [
    "observation_id",
    "specimen_id",
    "biological_sample_group",
    "gene_accession_id",
    "allele_symbol",
    "zygosity",
    "phenotyping_center",
    "colony_id",
    "sex",
    "strain_name",
    "pipeline_stable_id",
    "parameter_stable_id",
    "metadata_group",
    "date_of_experiment",
]
NUMBERS = ["data_point", "discrete_point", "age_in_days", "weight"]
NOTHING = ["", "-", "none", "no data", "no_data", "no information available", "nan", "null"]
COHORT = ["phenotyping_center", "pipeline_stable_id", "metadata_group", "sex", "trait_id"]
GROUP = [*COHORT, "discrete_point"]
LINE = ["allele_symbol", "zygosity", "phenotyping_center", "colony_id"]
NORMAL_MAD = 1.4826


def bare(place: Place, _count: int, folder: Path) -> int:
    """Median and MAD of the controls of each group, a score for every measurement, Parquet, in plain DuckDB."""
    import duckdb

    from muster.steps.publish import PARQUET

    keys = "centre, pipeline_id, metadata_group, sex, parameter_id, time_point"
    with duckdb.connect(
        config={"temp_directory": str(folder / "spill"), "preserve_insertion_order": False}
    ) as database:
        database.execute(
            f"""
            create table groups as
            select {keys}, median(value) as location, {NORMAL_MAD} * mad(value) as spread
            from '{place.typed}' where is_control group by {keys}
            """
        )
        matched = " and ".join(f"typed.{key} is not distinct from groups.{key}" for key in keys.split(", "))
        ((rows,),) = database.execute(
            f"""
            copy (
                select typed.*, (value - location) / nullif(spread, 0) as score
                from '{place.typed}' as typed inner join groups on {matched}
            ) to '{folder}/measurements.parquet' ({PARQUET})
            """
        ).fetchall()
    return int(rows)


def muster(place: Place, _count: int, folder: Path) -> int:
    """`muster transform` of everything, then measurements and effects as Parquet, as they are published."""
    from muster.steps.publish import PARQUET
    from muster.steps.transform import transform
    from muster.warehouse import reader

    place.at()
    afresh(place.warehouse)
    start = time.monotonic()
    transform(RELEASE)
    print(json.dumps({"transform": time.monotonic() - start}), flush=True)
    with reader(RELEASE) as warehouse:
        warehouse.execute(f"set temp_directory = '{folder}/spill'")
        for mart, order in (("line_effects", "line_id, trait_id, sex"), ("measurements", "source_row, observation_id")):
            ordered = f"from marts.{mart} order by {order}"
            ((rows,),) = warehouse.execute(f"copy ({ordered}) to '{folder}/{mart}.parquet' ({PARQUET})").fetchall()
    return int(rows)


def pandas(place: Place, count: int, folder: Path) -> int:
    """The work in pandas."""
    import pandas as pd

    frame = pd.read_parquet(place.text.with_stem(f"text-{count}"), columns=[*COLUMNS, *NUMBERS, "observation_type"])
    frame = frame[frame.pop("observation_type").isin(["unidimensional", "time_series"])]
    for column in COLUMNS:
        trimmed = frame[column].str.strip()
        frame[column] = trimmed.mask(trimmed.str.lower().isin(NOTHING))
    for column in NUMBERS:
        frame[column] = pd.to_numeric(frame[column].str.strip(), errors="coerce")
    frame["date_of_experiment"] = pd.to_datetime(frame["date_of_experiment"].str[:10], errors="coerce")
    frame = frame.dropna(subset=["data_point", "observation_id"]).drop_duplicates("observation_id")
    mapping = pd.read_parquet(place.mapping)
    frame = frame.merge(mapping, left_on="parameter_stable_id", right_on="parameter_id")
    frame["value"] = frame["data_point"] * frame["factor"]
    frame["is_control"] = frame["biological_sample_group"] == "control"
    controls = frame.loc[frame["is_control"], [*GROUP, "value"]]
    location = controls.groupby(GROUP, dropna=False)["value"].median().rename("location").reset_index()
    controls = controls.merge(location, on=GROUP)
    controls["spread"] = (controls["value"] - controls["location"]).abs() * NORMAL_MAD
    spread = controls.groupby(GROUP, dropna=False)["spread"].median().reset_index()
    frame = frame.merge(location, on=GROUP, how="left").merge(spread, on=GROUP, how="left")
    frame["score"] = (frame["value"] - frame["location"]) / frame["spread"].where(frame["spread"] != 0)
    _pandas_effects(frame).to_parquet(folder / "line_effects.parquet")
    frame.to_parquet(folder / "measurements.parquet")
    return len(frame)


def _pandas_effects(frame: Any) -> Any:
    specimens = [*COHORT, "is_control", "allele_symbol", "zygosity", "colony_id", "specimen_id"]
    scores = frame.groupby(specimens, dropna=False, observed=True)["score"].mean().dropna().reset_index()
    controls = scores[scores["is_control"]].groupby(COHORT)["score"].agg(["count", "mean", "var"])
    mutants = scores[~scores["is_control"]].groupby([*COHORT, "allele_symbol", "zygosity", "colony_id"])["score"]
    paired = mutants.agg(["count", "mean"]).reset_index().merge(controls.reset_index(), on=COHORT, suffixes=("", "_of"))
    for column in ("mean", "mean_of", "var"):
        paired[column] *= paired["count"]
    effects = paired.groupby([*LINE, "trait_id", "sex"], as_index=False)[
        ["count", "mean", "count_of", "mean_of", "var"]
    ].sum()
    effects["effect_size"] = (effects["mean"] - effects["mean_of"]) / effects["count"]
    effects["standard_error"] = (
        effects["var"] / effects["count"] * (1 / effects["count"] + 1 / effects["count_of"])
    ) ** 0.5
    return effects


def spark(place: Place, count: int, folder: Path) -> int:
    """The work in PySpark, on two local cores."""
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as f

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "8g")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "16")
        .config("spark.local.dir", str(folder / "spill"))
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    table = session.read.parquet(str(place.text.with_stem(f"text-{count}")))
    table = table.where(f.col("observation_type").isin("unidimensional", "time_series"))
    trimmed = {column: f.trim(f.col(column)) for column in [*COLUMNS, *NUMBERS]}
    cells = {column: f.when(~f.lower(cell).isin(NOTHING), cell) for column, cell in trimmed.items()}
    numbers = {column: cells[column].try_cast("double") for column in NUMBERS}
    day = f.substring(cells["date_of_experiment"], 1, 10).try_cast("date")
    table = table.select(
        *(value.alias(column) for column, value in {**cells, **numbers, "date_of_experiment": day}.items())
    )
    table = table.where("data_point is not null and observation_id is not null").dropDuplicates(["observation_id"])
    mapping = f.broadcast(session.read.parquet(str(place.mapping)))
    table = (
        table.join(mapping, table["parameter_stable_id"] == mapping["parameter_id"])
        .withColumn("value", f.col("data_point") * f.col("factor"))
        .withColumn("is_control", f.col("biological_sample_group") == "control")
        .withColumn("discrete_point", f.coalesce("discrete_point", f.lit(-1.0)))
        .cache()
    )
    controls = table.where("is_control").select(*GROUP, "value")
    location = controls.groupBy(GROUP).agg(f.median("value").alias("location"))
    deviations = controls.join(location, GROUP).withColumn("deviation", f.abs(f.col("value") - f.col("location")))
    spread = deviations.groupBy(GROUP).agg((f.median("deviation") * NORMAL_MAD).alias("spread"))
    score = (f.col("value") - f.col("location")) / f.nullif("spread", f.lit(0.0))
    scored = table.join(location.join(spread, GROUP), GROUP, "left").withColumn("score", score)
    scored.write.parquet(str(folder / "measurements"))
    written = session.read.parquet(str(folder / "measurements"))
    _spark_effects(written).write.parquet(str(folder / "line_effects"))
    return int(written.count())


def _spark_effects(scored: Any) -> Any:
    from pyspark.sql import functions as f

    specimens = [*COHORT, "is_control", "allele_symbol", "zygosity", "colony_id", "specimen_id"]
    scores = scored.where("score is not null").groupBy(specimens).agg(f.mean("score").alias("score"))
    controls = (
        scores.where("is_control")
        .groupBy(COHORT)
        .agg(f.count("*").alias("count_of"), f.mean("score").alias("mean_of"), f.var_samp("score").alias("var"))
    )
    mutants = scores.where("not is_control").groupBy([*COHORT, "allele_symbol", "zygosity", "colony_id"])
    paired = mutants.agg(f.count("*").alias("count"), f.mean("score").alias("mean")).join(controls, COHORT)
    effects = paired.groupBy([*LINE, "trait_id", "sex"]).agg(
        f.sum("count").alias("count"),
        f.sum("count_of").alias("count_of"),
        (f.sum(f.col("mean") * f.col("count")) / f.sum("count")).alias("mean"),
        (f.sum(f.col("mean_of") * f.col("count")) / f.sum("count")).alias("mean_of"),
        (f.sum(f.col("var") * f.col("count")) / f.sum("count")).alias("var"),
    )
    error = f.sqrt(f.col("var") * (1 / f.col("count") + 1 / f.col("count_of")))
    return effects.withColumn("effect_size", f.col("mean") - f.col("mean_of")).withColumn("standard_error", error)


CONTESTANTS = {"bare pass": bare, "muster": muster, "pandas": pandas, "PySpark": spark}


def prepare(contestant: str, place: Place, count: int) -> None:
    """Write what a peer reads, which is not part of its time."""
    if contestant in ("pandas", "PySpark"):
        text_rows(place, count)
