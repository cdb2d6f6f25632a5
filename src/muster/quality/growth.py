"""How much each file of a release grew since the last published one, beside what the history of releases allows."""

import duckdb
import pandas as pd

from muster import lake
from muster.quality.bands import FIXED, Band, band
from muster.quality.frames import Frame
from muster.warehouse import tables

#: The count of raw.release_history that the rows of a raw table follow; the others have fixed limits.
QUANTITIES = {
    "assertions": "phenotype_calls",
    "assertion_subsets": "phenotype_calls",
    "phenotype_hits_per_gene": "phenotyped_genes",
    "viability": "phenotyped_lines",
    "procedure_completeness": "phenotyped_lines",
    "fertility_lines": "phenotyped_lines",
    "statistical_results": "data_points_total",
    "observations": "data_points_total",
    "image_records": "image_record",
}
#: The kinds of observation that the history counts apart.
KINDS = ("categorical", "unidimensional", "time_series", "image_record", "ontological", "text")
#: Tables of a few rows, such as summaries, double by chance.
FEWEST_ROWS = 50

KEYS = ["name", "row_count", "previous_row_count", "previous_release", "growth_ratio", "learned_from"]
LIMITS = ["refused_below", "warned_below", "warned_above", "refused_above"]


def growth_frame(connection: duckdb.DuckDBPyConnection, release: str) -> Frame | None:
    """Return one row a raw table, or kind of observation, that a published release has too."""
    if "files" not in tables(connection, "raw"):
        return None
    counted = _counts(connection, release)
    history = _history(connection)
    previous = lake.previous(release)
    rows = []
    for name, row_count, before in counted:
        kind = name.partition(", ")[2]
        quantity = kind or QUANTITIES.get(name)
        limits = _limits(history, quantity, previous, release)
        learned = limits.learned_from if quantity else "no count of the history: fixed limits"
        edges = [getattr(limits, edge) for edge in LIMITS]
        rows.append((name, float(row_count), float(before), previous or "", row_count / before, learned, *edges))
    return Frame(pd.DataFrame(rows, columns=[*KEYS, *LIMITS]), len(rows), KEYS)


def observation_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return the observations by kind, under the names by which they are compared with the next release."""
    if "observations" not in tables(connection, "raw"):
        return {}
    rows = connection.execute(
        "select observation_type, count(*) from raw.observations where observation_type is not null"
        " group by observation_type order by observation_type"
    ).fetchall()
    return {f"observations, {kind}": count for kind, count in rows if kind in KINDS}


def _counts(connection: duckdb.DuckDBPyConnection, release: str) -> list[tuple[str, int, int]]:
    """Return name, rows and rows of the published release before."""
    found: list[tuple[str, int, int]] = connection.execute(
        "select name, row_count, previous_row_count from raw.files"
        f" where not is_absent and previous_row_count >= {FEWEST_ROWS} order by name"
    ).fetchall()
    previous = lake.previous(release)
    before = lake.manifest(previous).get("source_rows", {}) if previous else {}
    kinds = observation_rows(connection)
    # Without any the file itself is absent, which the suite of raw.files says.
    if kinds:
        found += [
            (name, kinds.get(name, 0), before[name])
            for name in sorted(before)
            if name.startswith("observations, ") and before[name] >= FEWEST_ROWS
        ]
    return found


def _history(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    if "release_history" not in tables(connection, "raw"):
        return pd.DataFrame()
    data: pd.DataFrame = connection.sql("from raw.release_history").df()
    return data


def _limits(history: pd.DataFrame, quantity: str | None, previous: str | None, release: str) -> Band:
    if quantity is None or quantity not in history:
        return FIXED
    counts = pd.to_numeric(history[quantity], errors="coerce")
    is_known = counts.notna() & history["release"].astype(str).str.fullmatch(r"\d+\.\d+")
    known = zip(history["release"][is_known].astype(str), counts[is_known].astype(float), strict=True)
    return band(list(known), previous=previous, release=release, quantity=quantity)
