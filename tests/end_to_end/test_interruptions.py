"""Killed at any step and started again, a run ends in the same published bytes."""

import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

STEPS = [
    ["fetch", "22.0"],
    ["load", "22.0"],
    ["check", "raw", "22.0"],
    ["transform", "22.0"],
    ["check", "staging", "22.0"],
    ["check", "marts", "22.0"],
    ["publish", "22.0"],
    ["materialize", "22.0"],
    ["train", "gene_phenotype", "22.0"],
    ["train", "viability", "22.0"],
    ["train", "xray", "22.0"],
]

pytestmark = pytest.mark.slow


def start(step: list[str], data: Path, url: str) -> "subprocess.Popen[str]":
    """Start one verb as a process group of its own."""
    command = [sys.executable, "-m", "muster", "--data", str(data), "--mirror", f"tiny={url}", *step]
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(data)}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def finish(step: list[str], data: Path, url: str) -> float:
    """Run one verb to its end and return how long it took."""
    begin = time.monotonic()
    process = start(step, data, url)
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said[-3000:]
    return time.monotonic() - begin


def kill(step: list[str], data: Path, url: str, seconds: float) -> bool:
    """Kill a verb and all its children after a while; return whether it was still at work."""
    process = start(step, data, url)
    time.sleep(seconds)
    if is_alive := process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return is_alive


FROZEN_AT = re.compile(rb'"frozen_at": "[^"]*"')


def published(data: Path) -> dict[str, str]:
    """Return the sha256 of every published table, feature and model file, without the time predictions were frozen."""
    workspace = data / "tiny"
    kinds = [("lake", "*.parquet"), ("features", "*.parquet"), ("registry", "*")]
    return {
        str(path.relative_to(workspace)): hashlib.sha256(FROZEN_AT.sub(b"", path.read_bytes())).hexdigest()
        for folder, pattern in kinds
        for path in sorted((workspace / folder).rglob(pattern))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def calm(tiny_mirror, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[float]]:
    """Return a workspace where nothing was disturbed, and how long each step took."""
    data = tmp_path_factory.mktemp("calm")
    return data, [finish(step, data, tiny_mirror.url) for step in STEPS]


def test_a_run_killed_at_every_step_ends_in_the_same_bytes(calm, tiny_mirror, tmp_path: Path) -> None:
    chance = random.Random(20261122)

    killed = 0
    for step, seconds in zip(STEPS, calm[1], strict=True):
        killed += kill(step, tmp_path, tiny_mirror.url, seconds * chance.uniform(0.3, 0.9))
        finish(step, tmp_path, tiny_mirror.url)

    assert killed > len(STEPS) / 2
    assert published(tmp_path) == published(calm[0])
    assert len(published(tmp_path)) > len(STEPS)


@pytest.mark.parametrize(
    ("release", "words"),
    [
        ("22.1", ["statistical_results", "duplicate", "22.0 stays current"]),
        ("22.2", ["assertions", "p_value", "pvalue", "sources.yml", "22.0 stays current"]),
        ("22.3", ["procedureCompletenessAndPhenotypeHits", "22.0 stays current"]),
    ],
)
def test_a_bad_release_is_refused_with_its_reason_and_the_last_good_one_stays(
    calm, tiny_mirror, release: str, words: list[str]
) -> None:
    process = start(["run", "--release", release], calm[0], tiny_mirror.url)
    said, _ = process.communicate(timeout=300)

    assert process.returncode == 2, said[-3000:]
    assert [word for word in words if word not in said] == []
    assert (calm[0] / "tiny" / "lake" / "current").resolve().parent.name == "22.0"
