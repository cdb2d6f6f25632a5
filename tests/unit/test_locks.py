import os
import subprocess
import sys
from pathlib import Path

import pytest

from muster.locks import BusyError, exclusive, shared


def test_a_held_lock_names_what_is_done_and_by_whom(tmp_path: Path) -> None:
    with (
        exclusive(tmp_path / "a.lock", "fetch of 18.0"),
        pytest.raises(BusyError, match=rf"fetch of 18\.0 is under way in process {os.getpid()}"),
        exclusive(tmp_path / "a.lock", "fetch of 18.0"),
    ):
        pass


def test_a_lock_ends_with_its_process(tmp_path: Path) -> None:
    code = f"""
import os, pathlib
from muster.locks import exclusive
with exclusive(pathlib.Path({str(tmp_path / "a.lock")!r}), "test"):
    os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", code], check=False)

    with exclusive(tmp_path / "a.lock", "test"):
        assert (tmp_path / "a.lock").read_text().startswith(f"{os.getpid()} on ")


def test_many_may_share_a_lock_that_nobody_holds_alone(tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"

    with (
        shared(lock, "shard"),
        shared(lock, "shard"),
        pytest.raises(BusyError, match="train is under way"),
        exclusive(lock, "train"),
    ):
        pass
    with exclusive(lock, "train"), pytest.raises(BusyError, match="shard is under way"), shared(lock, "shard"):
        pass
