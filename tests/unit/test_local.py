"""What we start ends with us, and says why where it ends by itself."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muster import local
from muster.local import AirflowClient, Children, LocalServiceError, ending_on_sigterm, refuse_taken_port, running

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
FAIL = [sys.executable, "-c", "print('the disk is full'); raise SystemExit(3)"]
#: Starts a child, says its number and waits.
PARENT = """
import sys, time
from muster.local import ending_on_sigterm, running
command = [sys.executable, "-c", "import time; time.sleep(60)"]
with ending_on_sigterm(), running({"child": command}, {}) as children:
    print(children.processes["child"].pid, flush=True)
    time.sleep(60)
"""


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    """Return whether something comes true."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def is_over(pid: int) -> bool:
    """Return whether a process has ended, be it that nobody has asked for its exit status."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent died")
def test_a_child_ends_with_us(sign: signal.Signals) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
    time.sleep(0.3)  # until the child has asked to be told

    parent.send_signal(sign)
    parent.wait(20)

    assert eventually(lambda: is_over(child))


def test_sigterm_interrupts_as_ctrl_c_does() -> None:
    before = signal.getsignal(signal.SIGTERM)

    with pytest.raises(KeyboardInterrupt), ending_on_sigterm():
        signal.raise_signal(signal.SIGTERM)

    assert signal.getsignal(signal.SIGTERM) is before


def test_waiting_for_a_child_that_died_ends_at_once_with_its_last_words() -> None:
    start = time.monotonic()

    with (
        running({"good": SLEEP, "bad": FAIL}, {}) as children,
        pytest.raises(LocalServiceError, match=r"(?s)bad ended by itself \(3\).*the disk is full"),
    ):
        children.wait_for("http://127.0.0.1:9", 60)

    assert time.monotonic() - start < 15


def test_a_taken_port_names_the_setting_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(LocalServiceError, match=rf"{port}.*MUSTER_PORTAL_PORT"):
            refuse_taken_port("127.0.0.1", port, "MUSTER_PORTAL_PORT")

    refuse_taken_port("127.0.0.1", port, "MUSTER_PORTAL_PORT")


def test_tasks_beyond_the_first_page_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = [{"task_id": f"t{number}"} for number in range(250)]

    def get(_: AirflowClient, path: str, **query: Any) -> dict[str, Any]:
        page = stored[query["offset"] :][: min(query["limit"], 100)]
        return {"task_instances": page, "total_entries": len(stored)}

    monkeypatch.setattr(AirflowClient, "get", get)

    assert AirflowClient("http://127.0.0.1:9", Children({}, tmp_path)).tasks() == stored


def test_an_empty_secret_is_made_again_and_only_its_owner_reads_it() -> None:
    path = local.airflow_home() / "jwt.secret"
    path.parent.mkdir(parents=True)
    path.touch(mode=0o644)

    secret = local.airflow_environment()["AIRFLOW__API_AUTH__JWT_SECRET"]

    assert len(secret) == 128
    assert path.stat().st_mode & 0o777 == 0o600
    assert local.airflow_environment()["AIRFLOW__API_AUTH__JWT_SECRET"] == secret
    assert [file.name for file in path.parent.iterdir()] == ["jwt.secret"]
