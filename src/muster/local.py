"""Everything on one machine: Airflow, the service and the portal as child processes that end with us."""

import contextlib
import json
import logging
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from muster.settings import settings

logger = logging.getLogger(__name__)

AIRFLOW_PARTS = (["api-server"], ["scheduler"], ["dag-processor"])


class LocalServiceError(RuntimeError):
    """A service did not start or did not answer."""


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
        LocalServiceError: names the log to read.
    """
    prepare_airflow()
    commands = {f"airflow-{part[0]}": [sys.executable, "-m", "airflow", *part] for part in AIRFLOW_PARTS}
    with running(commands, airflow_environment()) as logs:
        client = AirflowClient(f"http://127.0.0.1:{settings().airflow_port}")
        client.wait(90, logs)
        yield client


class AirflowClient:
    """The part of Airflow's REST API that the demo needs."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = httpx.Client(base_url=address, timeout=30)

    def wait(self, seconds: float, logs: Path) -> None:
        """Wait until Airflow answers and knows our DAGs, then log in."""
        wait_for(f"{self.address}/api/v2/version", seconds, logs)
        user, password = airflow_passwords()
        answer = self.http.post("/auth/token", json={"username": user, "password": password}).raise_for_status()
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        expected = {path.stem for path in (settings().root / "dags").glob("*.py")}
        deadline = time.monotonic() + seconds
        while not expected <= {dag["dag_id"] for dag in self.get("/api/v2/dags")["dags"]}:
            if time.monotonic() > deadline:
                raise LocalServiceError(f"Airflow does not list the DAGs {sorted(expected)}; read {logs}")
            time.sleep(0.5)

    def get(self, path: str, **query: str) -> dict[str, Any]:
        """Return the JSON of a GET."""
        content: dict[str, Any] = self.http.get(path, params=query).raise_for_status().json()
        return content

    def trigger(self, dag: str, conf: dict[str, str]) -> None:
        """Start a DAG run."""
        body = {"logical_date": None, "conf": conf}
        self.http.post(f"/api/v2/dags/{dag}/dagRuns", json=body).raise_for_status()

    def end_orphans(self) -> None:
        """Mark runs as failed that were going on when an earlier Airflow was killed."""
        for run in self.runs():
            if run["state"] in {"queued", "running"}:
                path = f"/api/v2/dags/{run['dag_id']}/dagRuns/{run['dag_run_id']}"
                self.http.patch(path, json={"state": "failed"}).raise_for_status()

    def runs(self) -> list[dict[str, Any]]:
        """Return every DAG run."""
        runs: list[dict[str, Any]] = self.get("/api/v2/dags/~/dagRuns", limit="200")["dag_runs"]
        return runs

    def tasks(self) -> list[dict[str, Any]]:
        """Return every task instance."""
        path = "/api/v2/dags/~/dagRuns/~/taskInstances"
        tasks: list[dict[str, Any]] = self.get(path, limit="500")["task_instances"]
        return tasks

    def log(self, task: dict[str, Any]) -> str:
        """Return the last lines of a task's log."""
        run = f"/api/v2/dags/{task['dag_id']}/dagRuns/{task['dag_run_id']}"
        path = f"{run}/taskInstances/{task['task_id']}/logs/{task['try_number']}"
        lines = self.get(path, map_index=str(task["map_index"]))["content"]
        return "\n".join(str(line.get("event", line)) for line in lines[-25:])


@contextlib.contextmanager
def running(commands: Mapping[str, Sequence[str]], environment: dict[str, str]) -> Iterator[Path]:
    """Run commands as process groups while the block runs; give the folder of their logs."""
    logs = settings().workspace / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    children = []
    try:
        for name, command in commands.items():
            with (logs / f"{name}.log").open("wb") as log:
                children.append(
                    subprocess.Popen(
                        command,
                        cwd=settings().root,
                        env=environment,
                        stdout=log,
                        stderr=subprocess.STDOUT,
                        stdin=subprocess.DEVNULL,
                        start_new_session=True,
                    )
                )
        yield logs
    finally:
        for child in children:
            _end(child)


def wait_for(url: str, seconds: float, logs: Path) -> None:
    """Wait until a URL answers.

    Raises:
        LocalServiceError: after `seconds`, with the folder of the logs.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url, timeout=5).is_success:
                return
        time.sleep(0.5)
    raise LocalServiceError(f"nothing answers at {url} after {seconds:.0f} s; read the logs in {logs}")


def _airflow(*words: str) -> None:
    command = [sys.executable, "-m", "airflow", *words]
    done = subprocess.run(command, env=airflow_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise LocalServiceError(f"`airflow {' '.join(words)}` failed:\n{done.stderr[-2000:]}")


def _end(child: "subprocess.Popen[bytes]") -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(10)
            return


def _secret(name: str) -> str:
    path = airflow_home() / f"{name}.secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(64))
    return path.read_text()
