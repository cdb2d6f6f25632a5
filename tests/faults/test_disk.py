"""A disk that is full: refused before the first byte where the sizes tell, else a clear error and nothing half-made."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from muster.limits import NoSpaceError
from muster.pipeline import run_step
from muster.settings import settings
from muster.simulator.faults import Fault

SMALL = 40
"""MB of the disk in the second test: enough for the release, too little for the release and the ballast."""


def test_what_cannot_fit_is_refused_before_the_first_byte(mini) -> None:
    vast = Fault("*/viability.csv.gz", "HEAD", headers={"Content-Length": str(10**15)})

    with mini.served(vast), pytest.raises(NoSpaceError, match=r"release 18\.0 .* needs 6000000\.0 GB and .* are free"):
        run_step("fetch", "18.0")

    assert mini.visible() == []
    assert list(settings().landing.rglob("*.gz*")) == []


def has_own_disks() -> bool:
    command = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    return (
        shutil.which("unshare") is not None
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )


@pytest.mark.skipif(not has_own_disks(), reason="a disk of its own (unshare --mount) needs root")
def test_a_disk_that_fills_up_stops_the_step_and_the_next_run_goes_on(mini, undisturbed, tmp_path: Path) -> None:
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    script = Path(__file__).with_name("ingest.py")
    mount = f'mount -t tmpfs -o size={SMALL}m none "{disk}"'
    # The mirror does not say how much is to come, so that nobody can see the end of the disk beforehand.
    with mini.served(Fault("*.gz", "HEAD", headers={"Content-Length": None})) as url:
        run = f'"{sys.executable}" "{script}" "demo={url}" "{disk}" --ballast'
        process = subprocess.run(
            ["unshare", "--mount", "sh", "-c", f'{mount} && {run} && cp -a "{disk}" "{kept}"'],
            env=settings().subprocess_environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    assert process.returncode == 0, process.stderr[-3000:]
    said = process.stdout
    assert "fetch: fetch 18.0: the disk is full" in said
    assert "load: load 18.0: the disk is full" in said
    assert "run `muster fetch 18.0` again" in said
    assert "fetch: visible []" in said
    assert "load: visible ['landing']" in said
    assert "load: drafts []" in said
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_DATA", str(kept))
        settings.cache_clear()
        assert mini.outcome() == undisturbed
