"""How well and how fast the profiles of lines are filled and traits correlated, beside scikit-learn's KNN and pandas.

Effects are held out as real gaps are (whole procedures) and found again; R2 is over all that were held out. Each
contestant runs in a process of its own; wall time and peak memory are that process's.

    python benchmarks/profiles.py --check               # planted: 10,000 lines x 150 traits, 20,000 controls x 300
    python benchmarks/profiles.py --results FILE        # a release's statistical results (csv or csv.gz) instead
    python benchmarks/profiles.py --results FILE --controls FILE    # and the groups, with wild-type mice
"""

import argparse
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np

from muster.traits.correlations import correlate, normal_scores, pair_up
from muster.traits.groups import group_traits
from muster.traits.imputation import LIMIT, fill, hold_out, judge_imputation
from muster.traits.matrix import Mask, Matrix, Values, matrix_of

LINES, TRAITS = 10_000, 150
CONTROLS, CONTROL_TRAITS = 20_000, 300
SECONDS, GIGABYTES = 180.0, 3.0
"""What filling the profiles of a full release may take."""


@dataclass(frozen=True)
class Run:
    """What one contestant needed and, for an imputer, explained."""

    contestant: str
    seconds: float
    gigabytes: float
    r2: float


def planted(rows: int, columns: int, *, seed: int = 3) -> Values:
    """Return sparse directions and noise, with the gaps of 12 centres that each leave out some of 20 procedures."""
    chance = np.random.default_rng(seed)
    strengths = chance.normal(size=(rows, 15)) * _drawn(chance, 0.25, rows, 15)
    loadings = chance.normal(size=(15, columns)) * _drawn(chance, 0.3, 15, columns)
    values = 0.6 * strengths @ loadings + 0.45 * chance.normal(size=(rows, columns))
    does = _drawn(chance, 0.75, 12, 20)[chance.integers(0, 12, rows)] & _drawn(chance, 0.9, rows, 20)
    procedure = np.arange(columns) * 20 // columns
    return np.where(does[:, procedure] & _drawn(chance, 0.95, rows, columns), values, np.nan)


def _drawn(chance: np.random.Generator, share: float, *shape: int) -> Mask:
    return chance.random(shape) < share


def released(path: str) -> Matrix:
    """Return lines x parameters of a release's results: the estimate over its standard error."""
    import duckdb

    query = """
        select concat_ws('|', marker_symbol, allele_symbol, zygosity, phenotyping_center) as line_id,
            parameter_name as trait_id, list_avg(list(z order by z)) as effect
        from (
            select *, try_cast(genotype_effect_parameter_estimate as double)
                / try_cast(genotype_effect_stderr_estimate as double) as z
            from read_csv($path, all_varchar = true)
        ) where isfinite(z) group by all"""
    return matrix_of(duckdb.sql(query, params={"path": path}).to_arrow_table(), "line_id", "trait_id", "effect")


def measured(path: str) -> Matrix:
    """Return control mice x parameters: robust z within centre, strain and sex."""
    import duckdb

    query = """
        with mice as (
            select biological_sample_id as animal_id, parameter_name as trait_id, median(data_point::double) as value,
                min(concat_ws('|', phenotyping_center, strain_name, sex)) as group_id
            from read_csv($path, all_varchar = true) group by all
        )
        select animal_id, trait_id, (value - median(value) over groups) / (1.4826 * mad(value) over groups) as z
        from mice window groups as (partition by group_id, trait_id)
        qualify mad(value) over groups > 0"""
    return matrix_of(duckdb.sql(query, params={"path": path}).to_arrow_table(), "animal_id", "trait_id", "z")


def grouped(results: str, controls: str) -> None:
    """Print which traits say the same, how far knockouts agree with controls, and what of the rest can be imputed."""
    import pandas as pd

    effects = released(results)
    pairs = pair_up(measured(controls), effects)
    both = pairs[pairs["evidence"] == "both"]
    agreed = np.corrcoef(both["control_correlation"], both["effect_correlation"])[0, 1]
    print(f"{len(both)} pairs known on both: the two correlations correlate {agreed:.3f}")
    counts = {"trait_id": effects.columns, "centre_count": 1, "animal_count": effects.is_measured.sum(axis=0)}
    groups = group_traits(pairs, pd.DataFrame(counts))
    print(f"{len(groups)} traits, {groups['is_representative'].sum()} groups")
    for name, members in groups[groups["member_count"] > 1].groupby("representative_trait_id")["trait_id"]:
        print(f"  {name}: {', '.join(member for member in members if member != name)}")
    stand = groups["is_representative"].to_numpy()
    judged(Matrix(effects.rows, groups["trait_id"][stand].tolist(), effects.values[:, stand]))


def judged(effects: Matrix) -> None:
    """Print how well each trait is found from the others."""
    quality = judge_imputation(effects, seed=17)
    print(quality.sort_values("r2", ascending=False).to_string(index=False))
    better, median = quality["is_better"].sum(), quality["r2"].median()
    print(f"{better} of {len(quality)} traits imputed better than by zero and the mean, median R2 {median:.3f}")


def knn(shown: Values) -> Values:
    """Fill from the 25 lines that are most alike."""
    from sklearn.impute import KNNImputer

    found: Values = KNNImputer(n_neighbors=25, weights="distance", keep_empty_features=True).fit_transform(shown)
    return found


def mean(shown: Values) -> Values:
    """Fill with the mean of the trait."""
    return np.where(np.isnan(shown), np.nanmean(shown, axis=0), shown)


IMPUTERS: dict[str, Callable[[Values], Values]] = {
    "muster": lambda shown: fill(shown, seed=17),
    "KNN": knn,
    "trait mean": mean,
    "zero": np.nan_to_num,
}


def imputed(contestant: str, results: str | None) -> Run:
    """Hide a tenth, fill, compare."""
    values = np.clip(released(results).values if results else planted(LINES, TRAITS), -LIMIT, LIMIT)
    hidden = hold_out(~np.isnan(values), seed=17)
    shown = np.where(hidden, np.nan, values)
    start = time.monotonic()
    found = IMPUTERS[contestant](shown)
    true = values[hidden]
    r2 = 1.0 - np.square(true - found[hidden]).sum() / np.square(true - true.mean()).sum()
    return _run(contestant, start, float(r2))


def correlated(contestant: str, _results: str | None) -> Run:
    """Correlate all pairs of traits over the animals that have both."""
    values = planted(CONTROLS, CONTROL_TRAITS)
    start = time.monotonic()
    if contestant == "muster":
        correlate(values, 30)
    else:
        import pandas as pd

        pd.DataFrame(np.where(np.isnan(values), np.nan, normal_scores(values))).corr(min_periods=30)
    return _run(contestant, start, float("nan"))


def _run(contestant: str, start: float, r2: float) -> Run:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return Run(contestant, time.monotonic() - start, peak, r2)


def apart(job: Callable[[str, str | None], Run], contestant: str, results: str | None) -> Run:
    """Run a job in a process of its own, print and return what it needed."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        run = pool.submit(job, contestant, results).result()
    quality = "" if np.isnan(run.r2) else f"  R2 {run.r2:6.3f}"
    print(f"{job.__name__:10} {run.contestant:10} {run.seconds:7.1f} s {run.gigabytes:5.2f} GB{quality}", flush=True)
    return run


def main() -> None:
    """Print a line a contestant; with --check, say which target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", help="statistical results of a release instead of planted effects")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument("--controls", help="wild-type mice, as kompute's open-field table has them; with --results")
    options = parser.parse_args()
    if options.results and options.controls:
        grouped(options.results, options.controls)
    runs = {name: apart(imputed, name, options.results) for name in IMPUTERS}
    missed = []
    if options.results:
        judged(released(options.results))
    else:
        ours, peer = apart(correlated, "muster", None), apart(correlated, "pandas", None)
        print(f"pandas / muster: {peer.seconds / ours.seconds:.1f}")
        if runs["muster"].seconds > SECONDS or runs["muster"].gigabytes > GIGABYTES:
            missed.append(f"{runs['muster'].seconds:.0f} s and {runs['muster'].gigabytes:.1f} GB to fill profiles")
    best = max(run.r2 for name, run in runs.items() if name != "muster")
    if runs["muster"].r2 < best:
        missed.append(f"R2 {runs['muster'].r2:.3f} where a peer has {best:.3f}")
    print("missed: " + "; ".join(missed) if missed else "every target met")
    raise SystemExit(bool(missed and options.check))


if __name__ == "__main__":
    main()
