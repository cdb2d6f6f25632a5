"""What `make demo` does, at the size `tiny`: real Airflow, real HTTP, every tool; and nothing leaves this machine."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run_demo(data: Path) -> subprocess.CompletedProcess[str]:
    """Run the demo as a user does, with every Python process forbidden to leave loopback."""
    command = [sys.executable, "-m", "muster", "--data", str(data), "--mirror", "tiny", "demo", "--size", "tiny"]
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(data),
        "PYTHONPATH": str(ROOT / "tests" / "loopback"),
        "LOOPBACK_LOG": str(data / "left-loopback.log"),
        "MUSTER_AIRFLOW_PORT": str(free_port()),
        "COLUMNS": "160",
    }
    return subprocess.run(command, env=environment, cwd=data, capture_output=True, text=True, timeout=840, check=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    data = tmp_path_factory.mktemp("demo")
    return data, run_demo(data)


def test_airflow_takes_two_releases_from_the_mirror_to_the_portal(demo) -> None:
    data, done = demo
    workspace = data / "tiny"

    assert done.returncode == 0, done.stderr[-4000:]
    assert (workspace / "lake" / "current").resolve().parent.name == "23.0"
    assert (workspace / "lake" / "22.0" / "current").exists()
    assert (workspace / "portal" / "index.html").exists()
    changes = json.loads((workspace / "reports" / "23.0" / "comparison" / "changes.json").read_text())
    assert changes["previous"] == "22.0"


def test_the_summary_says_what_was_trained_beside_its_baselines(demo) -> None:
    said = demo[1].stderr

    for word in ("gene_phenotype", "viability", "xray", "degree", "neighbour_vote", "shuffled", "make serve"):
        assert word in said


def test_every_model_is_judged_by_its_gates(demo) -> None:
    for model in ("gene_phenotype", "viability", "xray"):
        decisions = list((demo[0] / "tiny" / "registry" / model / "decisions").glob("23.0-*.json"))
        assert decisions, model
        assert json.loads(decisions[0].read_text())["gates"], model


def test_the_second_release_judges_what_was_frozen_at_the_first(demo) -> None:
    workspace = demo[0] / "tiny"

    judged = json.loads((workspace / "reports" / "23.0" / "prospective" / "scores.json").read_text())["scores"]

    (phenotype,) = (record for record in judged if record["model"] == "gene_phenotype")
    assert (phenotype["trained_on"], phenotype["release"], phenotype["is_prospective"]) == ("22.0", "23.0", True)
    # The planted truth: 0.80 beside a degree of 0.49.
    auroc = phenotype["figures"]["model"]["auroc"][0]
    assert auroc > 0.6
    assert auroc > phenotype["figures"]["baselines"]["degree"]["auroc"][0] + 0.1
    assert phenotype["version"] in (workspace / "portal" / "scoreboard.html").read_text()
    assert "judged by what 23.0 reports anew" in demo[1].stderr


def test_nothing_leaves_this_machine(demo) -> None:
    log = demo[0] / "left-loopback.log"

    assert not log.exists() or log.read_text() == ""


def test_a_second_run_takes_seconds(demo) -> None:
    start = time.monotonic()

    again = run_demo(demo[0])

    assert again.returncode == 0, again.stderr[-2000:]
    assert time.monotonic() - start < 30
    assert "nothing changed" in again.stderr
