"""Killed at any step and started again, a run ends in the same published bytes."""

import hashlib
import os
import random
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


def kill(step: list[str], data: Path, url: str, seconds: float) -> None:
    """Kill a verb and all its children after a while."""
    process = start(step, data, url)
    time.sleep(seconds)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def published(data: Path) -> dict[str, str]:
    """Return the sha256 of every published table, feature and model file."""
    workspace = data / "tiny"
    kinds = [("lake", "*.parquet"), ("features", "*.parquet"), ("registry", "*")]
    return {
        str(path.relative_to(workspace)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder, pattern in kinds
        for path in sorted((workspace / folder).rglob(pattern))
        if path.is_file()
    }


def test_a_run_killed_at_every_step_ends_in_the_same_bytes(tiny_mirror, tmp_path: Path) -> None:
    chance = random.Random(20261122)
    calm, disturbed = tmp_path / "calm", tmp_path / "disturbed"

    for step in STEPS:
        seconds = finish(step, calm, tiny_mirror.url)
        kill(step, disturbed, tiny_mirror.url, seconds * chance.uniform(0.3, 0.95))
        finish(step, disturbed, tiny_mirror.url)

    assert published(disturbed) == published(calm)
    assert len(published(calm)) > len(STEPS)
