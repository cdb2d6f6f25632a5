"""How fast a release of full size becomes raw tables, beside DuckDB's bare scan, pandas and PySpark, in one run.

Every contestant does the same job: every cell as text, rows and repeated rows counted, the table stored on disk. The
bare scan only reads every cell. Each runs in a process of its own; wall time and peak memory are that process's.
Measured is the reading, the longest part of `muster load`; a peer gets fewer measurements, as it would not end or not
fit, and is compared by the row.

    python benchmarks/load.py                       # simulates the full release first (7 GB, about 20 minutes)
    python benchmarks/load.py --mirror FOLDER --millions 10,30,70 --check

PySpark needs `pip install -e .[bench]` and Java 17; what is missing is said and left out.
"""

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from muster.catalog import catalog
from muster.settings import configure, settings

RELEASE = "24.0"
BARE_LIMIT = 3.0
"""Our wall time may be so many times the bare scan's."""
PEER_FACTOR = 10.0
"""A peer's wall time per row should be at least so many times ours."""
GROWTH_LIMIT = 1.25
"""From the fewest measurements to the most, our peak memory may grow by so much."""
PEER_PARTS = {"pandas": 1, "PySpark": 3}
"""Parts of a million measurements a peer is given: it would not end, or not fit, with all of them."""


@dataclass(frozen=True)
class Run:
    """What one contestant needed."""

    contestant: str
    rows: int
    seconds: float
    peak_mb: float

    @property
    def seconds_per_million(self) -> float:
        return self.seconds / self.rows * 1e6


def bare(name: str, paths: list[Path], _folder: Path) -> int:
    """Read every cell with DuckDB, keep nothing."""
    import duckdb

    from muster.reading import formats

    relation = formats.select(formats.table(name, catalog().files[name], paths))
    cells = ", ".join(f'max("{column}")' for column in duckdb.sql(relation).columns)
    return int(duckdb.sql(f"select count(*), {cells} from ({relation})").fetchall()[0][0])


def muster(name: str, paths: list[Path], folder: Path) -> int:
    """Load with the code that `muster load` runs for each file."""
    from muster.reading.raw_tables import fill
    from muster.warehouse import fresh_writer

    configure(data=folder)
    with fresh_writer(RELEASE) as warehouse:
        return fill(warehouse, name, catalog().files[name], paths).row_count


def pandas(name: str, paths: list[Path], folder: Path) -> int:
    """Read as text, count repeats, write Parquet."""
    import pandas as pd

    if catalog().files[name].format == "jsonl":
        parts = [pd.read_json(path, lines=True, dtype=False, convert_dates=False) for path in paths]
        frame = pd.concat(parts, ignore_index=True).astype(str)
    else:
        frame = pd.read_csv(paths[0], dtype=str)
    frame.drop(columns="_version_", errors="ignore").duplicated().sum()
    frame.to_parquet(folder / "table.parquet")
    return len(frame)


def spark(name: str, paths: list[Path], folder: Path) -> int:
    """Read as text, count repeats, write Parquet, on two local cores."""
    from pyspark.sql import SparkSession, functions

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "8g")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    files = [str(path) for path in paths]
    is_json = catalog().files[name].format == "jsonl"
    read = (
        session.read.option("primitivesAsString", "true").json if is_json else session.read.option("header", "true").csv
    )
    read(files).write.parquet(str(folder / "table"))
    table = session.read.parquet(str(folder / "table"))
    compared = [functions.col(column).cast("string") for column in table.columns if column != "_version_"]
    rows = table.count()
    table.select(functions.xxhash64(*compared).alias("alike")).distinct().count()
    return rows


CONTESTANTS: dict[str, Callable[[str, list[Path], Path], int]] = {
    "bare scan": bare,
    "muster": muster,
    "pandas": pandas,
    "PySpark": spark,
}


def measured(contestant: str, name: str, paths: list[Path]) -> Run | None:
    """Return what a contestant needed, None where it is not installed or fell over (which is said)."""
    if missing := _missing(contestant):
        print(f"{contestant}: left out, {missing}", flush=True)
        return None
    job = json.dumps({"contestant": contestant, "name": name, "paths": [str(path) for path in paths]})
    with tempfile.TemporaryDirectory(dir=settings().data.parent) as folder:
        ended = subprocess.run(
            [sys.executable, __file__, "--job", job, "--folder", folder], capture_output=True, text=True, check=False
        )
    if ended.returncode:
        print(f"{contestant} fell over: {ended.stderr.strip().splitlines()[-1:]}", flush=True)
        return None
    run = Run(**json.loads(ended.stdout.splitlines()[-1]))
    told = f"{run.rows / 1e6:6.2f} M rows {run.seconds:8.1f} s {run.peak_mb:8.0f} MB"
    print(f"{name:20} {contestant:10} {told}", flush=True)
    return run


def _missing(contestant: str) -> str | None:
    if contestant != "PySpark":
        return None
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed: pip install -e .[bench]"
    return None if shutil.which("java") else "there is no Java: apt install openjdk-17-jre-headless"


def one_job(job: str, folder: Path) -> None:
    """Do one contestant's job in this process and print what it took."""
    given = json.loads(job)
    start = time.monotonic()
    rows = CONTESTANTS[given["contestant"]](given["name"], [Path(path) for path in given["paths"]], folder)
    seconds = time.monotonic() - start
    # PySpark works in its child, the Java machine, which still runs.
    processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
    print(json.dumps(Run(given["contestant"], rows, seconds, sum(_peak_mb(one.pid) for one in processes)).__dict__))


def _peak_mb(pid: int) -> float:
    # A process that has ended and was not waited for has no memory any more.
    told = Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()
    return int(told[0]) / 1024 if told else 0.0


def full_release(mirror: Path) -> Path:
    """Return the folder of the full release below `mirror`, simulated where there is none."""
    folder = mirror / "all-data-releases" / f"release-{RELEASE}"
    if not folder.exists():
        from muster.simulator.simulate import simulate

        simulate("full", mirror, [RELEASE])
    return folder


def compare(runs: list[Run | None]) -> list[str]:
    """Print the ratios of one table and return the targets that were missed."""
    known = {run.contestant: run for run in runs if run}
    if not {"muster", "bare scan"} <= known.keys():
        return ["muster or the bare scan fell over"]
    ours, scan = known["muster"], known["bare scan"]
    missed = []
    ratio = ours.seconds / scan.seconds
    print(f"  muster / bare scan: {ratio:.2f} (target <= {BARE_LIMIT:g})")
    if ratio > BARE_LIMIT:
        missed.append(f"{ratio:.2f} times the bare scan")
    for peer in PEER_PARTS:
        if peer in known:
            factor = known[peer].seconds_per_million / ours.seconds_per_million
            rows = f"{known[peer].rows / 1e6:.1f} M rows against {ours.rows / 1e6:.1f} M"
            print(f"  {peer} / muster, per row ({rows}): {factor:.1f} (target >= {PEER_FACTOR:g})")
            if factor < PEER_FACTOR:
                missed.append(f"{peer} only {factor:.1f} times slower")
    return missed


def main() -> None:
    """Run every contestant on every table and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mirror", type=Path, default=settings().data / "benchmarks" / "full")
    parser.add_argument("--millions", default="10,30,70", help="measurements to load, in millions")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        one_job(options.job, options.folder)
        return
    place = full_release(options.mirror)
    results = [place / str(catalog().files["statistical_results"].path_at(RELEASE))]
    missed = compare([measured(each, "statistical_results", results) for each in CONTESTANTS])
    parts = sorted((place / str(catalog().files["observations"].path_at(RELEASE))).glob("*.gz"))
    peers = [measured(peer, "observations", parts[:count]) for peer, count in PEER_PARTS.items()]
    peaks = []
    for count in map(int, options.millions.split(",")):
        scan, ours = (measured(each, "observations", parts[:count]) for each in ("bare scan", "muster"))
        missed += compare([scan, ours, *peers])
        peaks += [ours.peak_mb] if ours else []
    growth = peaks[-1] / peaks[0] if peaks else float("inf")
    print(f"peak memory from fewest to most measurements: x {growth:.2f} (target <= {GROWTH_LIMIT:g})")
    if growth > GROWTH_LIMIT:
        missed.append(f"peak memory grew {growth:.2f} times")
    print("missed: " + ("; ".join(missed) or "nothing"))
    sys.exit(1 if options.check and missed else 0)


if __name__ == "__main__":
    main()
