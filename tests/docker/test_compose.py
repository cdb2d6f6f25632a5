"""The compose file and the image agree with the entry point; the same entry points run here without Docker."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath

import httpx
import pytest
import yaml

from muster.settings import code_version

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker" / "compose.yml").read_text())
ENTRYPOINT = ROOT / "docker" / "entrypoint.sh"
POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def test_each_part_of_compose_is_known_to_the_entry_point() -> None:
    cases = re.findall(r"^ {4}(\S.*)\)$", ENTRYPOINT.read_text().replace(") exec", ")\n exec"), re.MULTILINE)
    known = {name for case in cases for name in case.split(" | ")}

    parts = {part["command"][0] for part in COMPOSE["services"].values() if "command" in part}

    assert parts <= known
    assert {"api-server", "scheduler", "dag-processor", "worker", "service", "portal"} <= parts


def test_every_published_port_is_on_loopback() -> None:
    ports = [port for part in COMPOSE["services"].values() for port in part.get("ports", [])]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "docker" / "compose.yml").read_text()

    for name in ("POSTGRES_PASSWORD", "AIRFLOW_JWT_SECRET", "MUSTER_TOKEN"):
        assert f"${{{name}:?" in text
        assert f"\n{name}=\n" in (ROOT / "docker" / ".env.example").read_text()


def test_the_image_copies_what_exists() -> None:
    text = (ROOT / "docker" / "Dockerfile").read_text()

    for sources in re.findall(r"^COPY (.+) \S+$", text, re.MULTILINE):
        assert all((ROOT / name).exists() for name in sources.split())
    assert "/opt/muster/docker/entrypoint.sh" in text


def is_ignored(path: str) -> bool:
    """Return whether .dockerignore keeps a path out of the image: the last pattern that fits decides."""
    ignored = False
    places = [PurePosixPath(path), *PurePosixPath(path).parents]
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        if line.startswith("#"):
            continue
        tail = pattern.removeprefix("**/")
        if any(place.match(tail) and (tail != pattern or str(place).count("/") == tail.count("/")) for place in places):
            ignored = not line.startswith("!")
    return ignored


@pytest.mark.parametrize(
    "path",
    ["docker/.env", ".env", ".venv/bin/python", ".git/config", ".muster/demo/lake", "src/muster/__pycache__/x.pyc"],
)
def test_secrets_and_what_was_made_here_stay_out_of_the_image(path: str) -> None:
    assert is_ignored(path)


@pytest.mark.parametrize(
    "path", ["docker/.env.example", "docker/entrypoint.sh", "src/muster/cli.py", "dbt/dbt_project.yml"]
)
def test_what_the_image_needs_is_not_ignored(path: str) -> None:
    assert not is_ignored(path)


def test_the_commit_reaches_the_image_from_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSTER_COMMIT", "d9ec9d5c0ffe")
    text = (ROOT / "docker" / "Dockerfile").read_text()

    assert "MUSTER_COMMIT" in COMPOSE["x-part"]["build"]["args"]
    assert "ARG MUSTER_COMMIT" in text
    assert "MUSTER_COMMIT=${MUSTER_COMMIT}" in text
    assert code_version.__wrapped__() == "d9ec9d5c0ffe"


def test_the_service_and_the_portal_say_whether_they_answer() -> None:
    checks = {name: COMPOSE["services"][name]["healthcheck"]["test"][-1] for name in ("service", "portal")}

    assert ":3000/readyz" in checks["service"]
    assert ":3001/" in checks["portal"]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(command: list[str], log: Path, **options) -> Iterator[None]:
    """Run a server while the block runs."""
    with log.open("w") as out:
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True, **options)
    try:
        yield
    finally:
        os.killpg(child.pid, 15)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, 9)


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run PostgreSQL and give the address of an empty database."""
    port, data = free_port(), folder / "postgres"
    data.mkdir(mode=0o700)
    shutil.chown(data, "postgres")
    folder.chmod(0o755)
    for parent in folder.parents:
        if parent.owner() == "root" and parent != Path("/") and parent.is_relative_to("/tmp"):
            parent.chmod(parent.stat().st_mode | 0o055)
    as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    binaries = POSTGRES[-1]
    initdb = [*as_postgres, str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "airflow"]
    subprocess.run(initdb, check=True, capture_output=True, cwd="/")
    server = [*as_postgres, str(binaries / "postgres"), "-D", str(data), "-p", str(port)]
    with process([*server, "-h", "127.0.0.1", "-k", str(data)], folder / "postgres.log", cwd="/"):
        for _ in range(100):
            ready = [str(binaries / "pg_isready"), "-h", "127.0.0.1", "-p", str(port)]
            if subprocess.run(ready, capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.1)
        create = [str(binaries / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "airflow", "airflow"]
        subprocess.run(create, check=True, capture_output=True)
        yield f"airflow@127.0.0.1:{port}/airflow"


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0 or not POSTGRES, reason="needs root and PostgreSQL's server binaries")
@pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs redis-server")
def test_a_celery_worker_runs_a_dag_with_postgresql_and_redis(tmp_path: Path) -> None:
    """The parts of compose.yml, started by the image's own entry point, with the same settings."""
    mirror = tmp_path / "mirror"
    (mirror / "all-data-releases").mkdir(parents=True)
    redis_port, api_port = free_port(), free_port()
    with ExitStack() as parts:
        redis = ["redis-server", "--port", str(redis_port), "--bind", "127.0.0.1", "--save", ""]
        parts.enter_context(process(redis, tmp_path / "redis.log"))
        database = parts.enter_context(postgres(tmp_path))
        declared = COMPOSE["x-part"]["environment"]
        environment = {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(tmp_path),
            "AIRFLOW_HOME": str(tmp_path / "airflow"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "MUSTER_DATA": str(tmp_path / "data"),
            **{name: str(value) for name, value in declared.items()},
            "MUSTER_MIRROR": f"file:{mirror}",
            "MUSTER_COMPANIONS": str(mirror),
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(api_port),
            "AIRFLOW__API_AUTH__JWT_SECRET": "f" * 128,
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{api_port}/execution/",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://{database}",
            "AIRFLOW__CELERY__BROKER_URL": f"redis://127.0.0.1:{redis_port}/0",
            "AIRFLOW__CELERY__RESULT_BACKEND": f"db+postgresql://{database}",
            "AIRFLOW__CELERY__WORKER_CONCURRENCY": "1",
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_HOST": "127.0.0.1",
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
        }
        subprocess.run([ENTRYPOINT, "migrate"], env=environment, check=True, capture_output=True, timeout=120)
        for part in ("api-server", "scheduler", "dag-processor", "worker"):
            if part == "scheduler":  # a task that finds no api-server fails and is tried again only after minutes
                wait_for_answer(f"http://127.0.0.1:{api_port}/api/v2/version", seconds=90)
            parts.enter_context(process([str(ENTRYPOINT), part], tmp_path / f"{part}.log", env=environment))

        task = first_ended_task(f"http://127.0.0.1:{api_port}", tmp_path / "airflow", seconds=150)
        celery_log = (tmp_path / "worker.log").read_text()

    assert task["dag_id"] == "watch_releases"
    assert task["task_id"] == "look"
    assert task["state"] == "skipped"  # the mirror is empty: nothing new
    assert "received" in celery_log  # Celery says of each task that it took it from Redis


def wait_for_answer(url: str, seconds: float) -> None:
    """Wait until a URL answers."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            httpx.get(url).raise_for_status()
            return
        except httpx.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def first_ended_task(address: str, home: Path, seconds: float) -> dict:
    """Wait until some task ended and return it; the daily DAG starts by itself."""
    deadline = time.monotonic() + seconds
    seen = "nothing answered"
    while time.monotonic() < deadline:
        time.sleep(1)
        try:
            user, password = next(
                iter(json.loads((home / "simple_auth_manager_passwords.json.generated").read_text()).items())
            )
            token = httpx.post(f"{address}/auth/token", json={"username": user, "password": password}).json()
            answer = httpx.get(
                f"{address}/api/v2/dags/~/dagRuns/~/taskInstances",
                headers={"Authorization": f"Bearer {token['access_token']}"},
            )
        except (OSError, httpx.TransportError, KeyError) as problem:
            seen = repr(problem)
            continue
        seen = answer.text
        for task in answer.json()["task_instances"]:
            if task["state"] in {"success", "skipped", "failed"}:
                return task
    raise AssertionError(seen[-2000:])
