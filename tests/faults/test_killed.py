"""Killed at random times, run again until it is done: the bytes are those of an undisturbed run."""

import functools
import multiprocessing
import os
import random
import runpy
import signal
import time
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest

from muster.settings import configure
from muster.simulator.faults import Fault

SEEDS = range(20)
KILLS = 2
INGEST = Path(__file__).with_name("ingest.py")


@pytest.fixture(scope="module")
def nursery() -> ForkServerContext:
    """Give processes that have imported everything already, so that a kill hits work and not imports."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "muster.pipeline", "muster.steps.fetch", "muster.steps.load"])
    return context


def start(nursery: ForkServerContext, mirror: str, data: Path) -> ForkServerProcess:
    work = functools.partial(
        runpy.run_path, str(INGEST), init_globals={"arguments": [mirror, str(data)]}, run_name="__main__"
    )
    process = nursery.Process(target=work)
    process.start()
    return process


def test_a_run_killed_at_random_times_ends_in_the_same_bytes(mini, undisturbed, nursery, tmp_path: Path) -> None:
    with mini.served(Fault("*.gz", "GET", delay=0.02)) as url:
        # The first one waits for the imports of the nursery.
        *_, seconds = [finished(nursery, f"demo={url}", tmp_path / f"calm {number}") for number in range(2)]
        killed = 0
        for seed in SEEDS:
            data = tmp_path / str(seed)
            killed += interrupted(nursery, f"demo={url}", data, random.Random(seed), seconds)
            finished(nursery, f"demo={url}", data)
            configure(data=data)
            assert mini.outcome() == undisturbed, seed

    assert killed > len(SEEDS)


def finished(nursery: ForkServerContext, mirror: str, data: Path) -> float:
    """Run to the end; return how long it took."""
    begin = time.monotonic()
    process = start(nursery, mirror, data)
    process.join()
    assert process.exitcode == 0, data
    return time.monotonic() - begin


def interrupted(nursery: ForkServerContext, mirror: str, data: Path, chance: random.Random, seconds: float) -> int:
    """Start and kill a few runs; return how many were at work when they were killed."""
    killed = 0
    for _ in range(KILLS):
        process = start(nursery, mirror, data)
        process.join(chance.uniform(0.05, seconds))
        if process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
            process.join()
            killed += 1
    return killed
