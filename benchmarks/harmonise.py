"""How fast measurements become comparable, beside a bare statistics pass, pandas and PySpark, in one run.

Muster runs `muster transform`, all of it, tests and documentation included, on a release whose observations were
swollen to so many million (`swollen.py`), then writes measurements and line effects as Parquet. What the others do is
said in `contestants.py`. Each runs in a process of its own: wall time and CPU time are that of the work, peak memory is
the most that the process and its children held together. A peer gets as many measurements as it can do and is compared
by the row. `demo` is the same transform where nothing was swollen: what a release costs before its first measurement.

    python benchmarks/harmonise.py                       # 10, 30 and 70 million: 20 GB of disk, some 40 minutes
    python benchmarks/harmonise.py --millions 10 --check

PySpark needs `pip install -e .[bench]` and Java 17; what is missing is said and left out.
"""

import argparse
import importlib.util
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from contestants import CONTESTANTS, prepare
from incremental import next_release
from swollen import Place, loaded, swollen

from muster.settings import settings

FULL_MILLIONS = 70
FULL_SECONDS = 180.0
"""The transform of so many measurements may take so long on two cores."""
MEMORY_MB = 8192.0
BARE_LIMIT = 6.0
"""Our time, Parquet included, may be so many times the bare pass's."""
GROWTH_LIMIT = 1.25
"""The time of a row, the fixed part taken off, may grow by so much from the fewest measurements to the most."""
PEER_FACTOR = 10.0
"""A peer's time per row should be at least so many times ours."""
PEER_MILLIONS = {"pandas": 5.0, "PySpark": 10.0}
"""What a peer can do beside other work in 24 GB and in minutes."""


@dataclass(frozen=True)
class Run:
    """What one contestant needed."""

    contestant: str
    rows: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    transform_seconds: float

    @property
    def seconds_per_million(self) -> float:
        return self.seconds / self.rows * 1e6


def measured(contestant: str, place: Place, millions: float) -> Run | None:
    """Return what a contestant needed, None where it is not installed or fell over (which is said)."""
    if missing := _missing(contestant):
        print(f"{contestant}: left out, {missing}", flush=True)
        return None
    count = int(millions * 1e6)
    prepare(contestant, place, count)
    job = json.dumps({"contestant": contestant, "data": str(place.data), "millions": place.millions, "count": count})
    with tempfile.TemporaryDirectory(dir=place.data) as folder, tempfile.TemporaryFile("w+") as said:
        words = [sys.executable, __file__, "--job", job, "--folder", folder]
        with subprocess.Popen(words, stdout=said, stderr=subprocess.STDOUT) as process:
            peak_mb = _peak_mb(process)
        said.seek(0)
        lines = said.read().splitlines()
    if process.returncode:
        print(f"{contestant} fell over: {lines[-1:]}", flush=True)
        return None
    told = {key: value for line in lines if line.startswith('{"') for key, value in json.loads(line).items()}
    seconds, transform = told["seconds"], told.get("transform", 0.0)
    run = Run(contestant, int(told["rows"]), seconds, told["cpu_seconds"], peak_mb, transform)
    part = f" of it transform {transform:.1f} s" if transform else ""
    print(
        f"{contestant:10} {run.rows / 1e6:6.2f} M rows {seconds:8.1f} s {run.cpu_seconds:8.1f} CPU s {peak_mb:7.0f} MB"
        f"{part}",
        flush=True,
    )
    return run


def _missing(contestant: str) -> str | None:
    if contestant != "PySpark":
        return None
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed: pip install -e .[bench]"
    return None if shutil.which("java") else "there is no Java: apt install openjdk-17-jre-headless"


def _peak_mb(process: "subprocess.Popen[bytes]") -> float:
    """Watch a process and its children to the end and return the most memory they held at once."""
    peak = 0
    while process.poll() is None:
        held = 0
        try:
            tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        except psutil.NoSuchProcess:
            break
        for one in tree:
            try:
                held += one.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        peak = max(peak, held)
        time.sleep(0.1)
    process.wait()
    return peak / 2**20


def one_job(job: str, folder: Path) -> None:
    """Do one contestant's job in this process and print what it took."""
    given = json.loads(job)
    place = Place(Path(given["data"]), given["millions"])
    start = time.monotonic()
    rows = CONTESTANTS[given["contestant"]](place, given["count"], folder)
    seconds = time.monotonic() - start
    print(json.dumps({"rows": rows, "seconds": seconds, "cpu_seconds": _cpu_seconds()}), flush=True)


def _cpu_seconds() -> float:
    ended = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    # PySpark works in its child, the Java machine, which still runs.
    running = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return sum(usage.ru_utime + usage.ru_stime for usage in ended) + sum(each.user + each.system for each in running)


def judge(label: str, measured_value: float, limit: float, *, at_least: bool = False) -> list[str]:
    """Print a figure beside its target and return what was missed."""
    is_met = measured_value >= limit if at_least else measured_value <= limit
    sign = ">=" if at_least else "<="
    print(f"  {label}: {measured_value:.2f} (target {sign} {limit:g}) {'met' if is_met else 'MISSED'}", flush=True)
    return [] if is_met else [f"{label} {measured_value:.2f}"]


def compare(ours: Run, bare: Run | None, place: Place) -> list[str]:
    """Print what one size says and return the targets that were missed."""
    missed = judge("peak memory, MB", ours.peak_mb, MEMORY_MB)
    if place.millions >= FULL_MILLIONS:
        missed += judge("transform, seconds", ours.transform_seconds, FULL_SECONDS)
    if bare is None:
        return [*missed, "the bare pass fell over"]
    if ours.rows < bare.rows:
        missed.append(f"only {ours.rows} of {bare.rows} measurements arrived")
    print(f"  CPU seconds, muster / bare pass: {ours.cpu_seconds / bare.cpu_seconds:.2f}", flush=True)
    return missed + judge("muster / bare pass", ours.seconds / bare.seconds, BARE_LIMIT)


def compare_peers(ours: Run, peers: list[Run | None]) -> list[str]:
    """Print how much slower each peer is by the row and return the targets that were missed."""
    missed = []
    for peer in filter(None, peers):
        rows = f"{peer.rows / 1e6:.1f} M rows against {ours.rows / 1e6:.1f} M"
        factor = peer.seconds_per_million / ours.seconds_per_million
        missed += judge(f"{peer.contestant} / muster, by the row ({rows})", factor, PEER_FACTOR, at_least=True)
    return missed


def growth(fixed: Run, runs: list[Run]) -> list[str]:
    """Print how the time of a row grows and return the target that was missed."""
    rates = [(run.seconds - fixed.seconds) / run.rows for run in runs]
    told = ", ".join(f"{rate * 1e6:.2f} s" for rate in rates)
    print(f"a million measurements, the fixed {fixed.seconds:.1f} s taken off: {told}")
    return judge("from fewest to most", rates[-1] / rates[0], GROWTH_LIMIT) if len(runs) > 1 else []


def main() -> None:
    """Run every contestant at every size and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=settings().data / "benchmarks" / "harmonise")
    parser.add_argument("--millions", default="10,30,70", help="measurements, in millions, the fewest first")
    parser.add_argument("--pandas", type=float, default=PEER_MILLIONS["pandas"], help="millions for pandas, 0: none")
    parser.add_argument("--spark", type=float, default=PEER_MILLIONS["PySpark"], help="millions for PySpark, 0: none")
    parser.add_argument("--incremental", type=float, default=10, help="millions of the release after, 0: none")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        one_job(options.job, options.folder)
        return
    missed = _race(options)
    if options.incremental:
        missed += next_release(swollen(options.home, options.incremental))
    print("missed: " + ("; ".join(missed) or "nothing"))
    sys.exit(1 if options.check and missed else 0)


def _race(options: argparse.Namespace) -> list[str]:
    home = options.home.resolve()
    fixed = measured("muster", loaded(home), 0)
    sizes = [swollen(home, float(millions)) for millions in options.millions.split(",")]
    wanted = {"pandas": options.pandas, "PySpark": options.spark}
    peers = [
        measured(peer, sizes[0], min(millions, sizes[0].millions)) for peer, millions in wanted.items() if millions
    ]
    missed, runs = [], []
    for place in sizes:
        bare = measured("bare pass", place, place.millions)
        ours = measured("muster", place, place.millions)
        if ours is None:
            missed.append(f"muster fell over at {place.millions:g} M")
            continue
        runs.append(ours)
        missed += compare(ours, bare, place) + compare_peers(ours, peers)
    return missed + (growth(fixed, runs) if fixed and runs else [])


if __name__ == "__main__":
    main()
