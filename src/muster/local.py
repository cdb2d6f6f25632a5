"""Everything on one machine: Airflow, the service and the portal as child processes that end with us."""

import contextlib
import json
import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import httpx

from muster.settings import settings

logger = logging.getLogger(__name__)

AIRFLOW_PARTS = (["api-server"], ["scheduler"], ["dag-processor"])
#: Airflow gives no more in one answer, whatever `limit` says.
PAGE = 100
PATIENCE_SECONDS = 10
#: Asks Linux for a SIGTERM when its parent dies (prctl 1 is PR_SET_PDEATHSIG), then becomes the command.
LEASH = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 15)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


class LocalServiceError(RuntimeError):
    """A service did not start, did not answer, or ended by itself."""


@dataclass(frozen=True)
class Children:
    """Processes that we started, by name, and the folder of their logs."""

    processes: Mapping[str, "subprocess.Popen[bytes]"]
    logs: Path

    def check(self) -> None:
        """Raise where one has ended by itself.

        Raises:
            LocalServiceError: with the end of its log.
        """
        for name, process in self.processes.items():
            if process.poll() is not None:
                log = self.logs / f"{name}.log"
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
                raise LocalServiceError(f"{name} ended by itself ({process.returncode}); the end of {log}:\n{tail}")

    def wait_for(self, url: str, seconds: float) -> None:
        """Wait until a URL answers.

        Raises:
            LocalServiceError: after `seconds`, or as soon as a process has ended.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.check()
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(url, timeout=5).is_success:
                    return
            time.sleep(0.5)
        raise LocalServiceError(f"nothing answers at {url} after {seconds:.0f} s; read the logs in {self.logs}")


@contextlib.contextmanager
def ending_on_sigterm() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, so that what it started ends with it."""

    def interrupt(*_: object) -> NoReturn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one shall not disturb the ending
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def refuse_taken_port(host: str, port: int, setting: str) -> None:
    """Return where we can listen on a port.

    Raises:
        LocalServiceError: names the setting that chooses another port.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            reason = problem.strerror or problem
            raise LocalServiceError(f"cannot listen on port {port} of {host} ({reason}): set {setting}") from None


def airflow_home() -> Path:
    """Return the folder of Airflow's database, logs and secrets."""
    return settings().workspace / "airflow"


def airflow_environment() -> dict[str, str]:
    """Return the environment of every Airflow process: SQLite, LocalExecutor, loopback only."""
    here = settings()
    address = f"http://127.0.0.1:{here.airflow_port}"
    return here.subprocess_environment(
        PATH=f"{Path(sys.executable).parent}:{os.defpath}",
        AIRFLOW_HOME=str(airflow_home()),
        AIRFLOW__API__BASE_URL=address,
        AIRFLOW__API__HOST="127.0.0.1",
        AIRFLOW__API__PORT=str(here.airflow_port),
        AIRFLOW__API__WORKERS="1",
        AIRFLOW__API_AUTH__JWT_SECRET=_secret("jwt"),
        AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION="False",
        AIRFLOW__CORE__DAGS_FOLDER=str(here.root / "dags"),
        AIRFLOW__CORE__EXECUTION_API_SERVER_URL=f"{address}/execution/",
        AIRFLOW__CORE__FERNET_KEY="",
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
        AIRFLOW__CORE__PARALLELISM="3",
        AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL="30",
    )


def airflow_passwords() -> tuple[str, str]:
    """Return the user and the password Airflow made up when it first started."""
    content = json.loads((airflow_home() / "simple_auth_manager_passwords.json.generated").read_text())
    return next(iter(content.items()))  # type: ignore[no-any-return]


def prepare_airflow() -> None:
    """Create or migrate Airflow's database and the one-slot pool that guards the warehouse."""
    airflow_home().mkdir(parents=True, exist_ok=True)
    _airflow("db", "migrate")
    _airflow("pools", "set", "warehouse", "1", "DuckDB has one writer")


@contextlib.contextmanager
def airflow() -> Iterator["AirflowClient"]:
    """Run Airflow while the block runs and give a client that is logged in.

    Raises:
        LocalServiceError: names the log to read, or the setting of a port that is taken.
    """
    port = settings().airflow_port
    refuse_taken_port("127.0.0.1", port, "MUSTER_AIRFLOW_PORT")
    prepare_airflow()
    commands = {f"airflow-{part[0]}": [sys.executable, "-m", "airflow", *part] for part in AIRFLOW_PARTS}
    with running(commands, airflow_environment()) as children:
        client = AirflowClient(f"http://127.0.0.1:{port}", children)
        client.wait(90)
        yield client


class AirflowClient:
    """The part of Airflow's REST API that the demo needs."""

    def __init__(self, address: str, children: Children) -> None:
        self.address = address
        self.children = children
        self.http = httpx.Client(base_url=address, timeout=30)

    def wait(self, seconds: float) -> None:
        """Wait until Airflow answers and knows our DAGs, then log in."""
        self.children.wait_for(f"{self.address}/api/v2/version", seconds)
        user, password = airflow_passwords()
        answer = self.http.post("/auth/token", json={"username": user, "password": password}).raise_for_status()
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        expected = {path.stem for path in (settings().root / "dags").glob("*.py")}
        deadline = time.monotonic() + seconds
        while not expected <= {dag["dag_id"] for dag in self.get("/api/v2/dags")["dags"]}:
            self.children.check()
            if time.monotonic() > deadline:
                raise LocalServiceError(
                    f"Airflow does not list the DAGs {sorted(expected)}; read the logs in {self.children.logs}"
                )
            time.sleep(0.5)

    def get(self, path: str, **query: str | int | list[str]) -> dict[str, Any]:
        """Return the JSON of a GET."""
        content: dict[str, Any] = self.http.get(path, params=query).raise_for_status().json()
        return content

    def get_all(self, path: str, key: str, **query: str | list[str]) -> list[dict[str, Any]]:
        """Return the entries of every page of a listing, oldest first."""
        entries: list[dict[str, Any]] = []
        while True:
            page = self.get(path, order_by="id", limit=PAGE, offset=len(entries), **query)
            entries += page[key]
            if not page[key] or len(entries) >= page["total_entries"]:
                return entries

    def trigger(self, dag: str, conf: dict[str, str]) -> None:
        """Start a DAG run."""
        body = {"logical_date": None, "conf": conf}
        self.http.post(f"/api/v2/dags/{dag}/dagRuns", json=body).raise_for_status()

    def end_orphans(self) -> None:
        """Mark runs as failed that were going on when an earlier Airflow was killed."""
        for run in self.active_runs():
            path = f"/api/v2/dags/{run['dag_id']}/dagRuns/{run['dag_run_id']}"
            self.http.patch(path, json={"state": "failed"}).raise_for_status()

    def active_runs(self) -> list[dict[str, Any]]:
        """Return every DAG run that has not ended."""
        return self.get_all("/api/v2/dags/~/dagRuns", "dag_runs", state=["queued", "running"])

    def tasks(self) -> list[dict[str, Any]]:
        """Return every task instance."""
        return self.get_all("/api/v2/dags/~/dagRuns/~/taskInstances", "task_instances")

    def log(self, task: dict[str, Any]) -> str:
        """Return the last lines of a task's log."""
        run = f"/api/v2/dags/{task['dag_id']}/dagRuns/{task['dag_run_id']}"
        path = f"{run}/taskInstances/{task['task_id']}/logs/{task['try_number']}"
        lines = self.get(path, map_index=str(task["map_index"]))["content"]
        return "\n".join(str(line.get("event", line)) for line in lines[-25:])


@contextlib.contextmanager
def running(commands: Mapping[str, Sequence[str]], environment: dict[str, str]) -> Iterator[Children]:
    """Run commands as process groups while the block runs."""
    logs = settings().workspace / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    leash = [sys.executable, "-ISc", LEASH, str(os.getpid())] if sys.platform == "linux" else []
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            with (logs / f"{name}.log").open("wb") as log:
                processes[name] = subprocess.Popen(
                    [*leash, *command],
                    cwd=settings().root,
                    env=environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
        yield Children(processes, logs)
    finally:
        _end(processes.values())


def _airflow(*words: str) -> None:
    command = [sys.executable, "-m", "airflow", *words]
    done = subprocess.run(command, env=airflow_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise LocalServiceError(f"`airflow {' '.join(words)}` failed:\n{done.stderr[-2000:]}")


def _end(processes: Collection["subprocess.Popen[bytes]"]) -> None:
    """End process groups: politely, and whatever is left of them after a while."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, sign)
        deadline = time.monotonic() + PATIENCE_SECONDS
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))


def _secret(name: str) -> str:
    path = airflow_home() / f"{name}.secret"
    if not path.exists() or not path.read_text():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Made for its owner's eyes only; a rename, so that nobody finds half of it.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{name}-", delete=False) as draft:
            draft.write(secrets.token_hex(64))
        Path(draft.name).replace(path)
    return path.read_text()
