"""Evidently's view of the data: which distributions moved, on a few named columns and fixed samples."""

import re
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

SAMPLE = 5000
#: Evidently costs 0.2 CPU seconds a column, mostly for plots.
MAX_COLUMNS = 25
MAX_TRAITS = 6
#: Fewer values say nothing about a distribution.
MIN_VALUES = 30

_GENE_COLUMNS = ("loeuf", "missense_oe", "shet", "novelty", "line_count", "hit_count")

# Ordered by a hash of the key: the same rows on every run, and no bias from how the mart is ordered.
_SAMPLE = """
select value from (select {value} as value, hash({key}) as place from {schema}.{mart} where {condition})
where value is not null and not isnan(value)
order by place, value
limit {sample}
"""


def samples(connection: duckdb.DuckDBPyConnection, marts: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the named columns of both releases: (before, after), each column sampled on its own."""
    before: dict[str, pd.Series[float]] = {}
    after: dict[str, pd.Series[float]] = {}
    for name, (mart, value, key, condition) in _wanted(connection, marts).items():
        pair = []
        for schema in ("before", "after"):
            query = _SAMPLE.format(schema=schema, mart=mart, value=value, key=key, condition=condition, sample=SAMPLE)
            pair.append(connection.execute(query).df()["value"])
        is_telling = min(len(values) for values in pair) >= MIN_VALUES and pd.concat(pair).nunique() > 1
        if is_telling and len(before) < MAX_COLUMNS:
            before[name], after[name] = pair
    return pd.DataFrame(before), pd.DataFrame(after)


def drift(before: pd.DataFrame, after: pd.DataFrame, page: Path) -> dict[str, Any]:
    """Write Evidently's page and return one row a column: method, score, threshold, is it drifted."""
    # A column that is constant in one release has no correlation; Evidently asks for it all the same.
    with np.errstate(invalid="ignore", divide="ignore"):
        snapshot = Report([DataDriftPreset()], include_tests=True).run(after, before)
    snapshot.save_html(str(page))
    result = snapshot.dict()
    failed = {test["metric_config"]["metric_id"] for test in result["tests"] if test["status"] != "SUCCESS"}
    columns = {}
    for metric in result["metrics"]:
        config = metric["config"]
        if config["type"].endswith(":ValueDrift"):
            columns[config["column"]] = {
                "method": config["method"],
                "score": round(float(metric["value"]), 6),
                "threshold": config["threshold"],
                "is_drifted": metric["id"] in failed,
                "values_before": int(before[config["column"]].count()),
                "values_after": int(after[config["column"]].count()),
                "median_before": round(float(before[config["column"]].median()), 6),
                "median_after": round(float(after[config["column"]].median()), 6),
            }
    drifted = sum(column["is_drifted"] for column in columns.values())
    share = round(drifted / len(columns), 4) if columns else 0.0
    return {"columns": columns, "drifted_count": drifted, "drifted_share": share, "sample": SAMPLE}


def _wanted(connection: duckdb.DuckDBPyConnection, marts: list[str]) -> dict[str, tuple[str, str, str, str]]:
    wanted = {}
    if "genes" in marts:
        for column in _GENE_COLUMNS:
            wanted[f"tested genes: {column}"] = ("genes", f"{column}::double", "gene_id", "is_tested")
    if "measurements" in marts:
        for trait in _largest_traits(connection, "measurements"):
            here = f"trait_id = '{trait}'"
            name = _readable(trait)
            wanted[f"controls: {name}"] = ("measurements", "value", "observation_id", f"{here} and is_control")
            wanted[f"mutants, z: {name}"] = (
                "measurements",
                "control_z",
                "observation_id",
                f"{here} and not is_control",
            )
    if "line_effects" in marts:
        for trait in _largest_traits(connection, "line_effects"):
            wanted[f"line effects: {_readable(trait)}"] = (
                "line_effects",
                "coalesce(effect_size, released_effect_size)",
                "line_id || sex",
                f"trait_id = '{trait}'",
            )
    return wanted


def _largest_traits(connection: duckdb.DuckDBPyConnection, mart: str) -> list[str]:
    query = f"""
    select trait_id from (select trait_id from before.{mart} union all select trait_id from after.{mart})
    where trait_id is not null group by trait_id order by count(*) desc, trait_id limit {MAX_TRAITS}
    """
    return [trait for (trait,) in connection.execute(query).fetchall()]


def _readable(trait: str) -> str:
    return re.sub(r"[_\s]+", " ", trait).strip()
