"""From an empty folder to a served model: Airflow runs the DAGs over simulated releases."""

import hashlib
import logging
import time
from pathlib import Path
from typing import Any

from muster import lake
from muster.local import AirflowClient, LocalServiceError, ending_on_sigterm
from muster.local import airflow as running_airflow
from muster.settings import configure, settings
from muster.simulator.server import running as running_mirror
from muster.simulator.simulate import simulate
from muster.specs import model_names
from muster.summary import summary_lines

logger = logging.getLogger(__name__)

ENDED_TASK = {"success", "failed", "skipped"}
CODE = ("src", "dbt", "expectations", "feature_repo", "models", "serving", "sources.yml")
#: How long the scheduler may take until an asset has started the next DAG.
PATIENCE_SECONDS = 10
POLL_SECONDS = 2


@ending_on_sigterm()
def demo(size: str, releases: list[str]) -> None:
    """Simulate a mirror, let Airflow take in `releases` one after the other, and say what came out.

    A second call finds everything done and only says it again; after an interruption it goes on where it was.

    Raises:
        LocalServiceError: with the end of the log of the task that failed.
    """
    start = time.monotonic()
    name = settings().mirror.partition("=")[0]
    folder = settings().data / f"{name}-mirror"
    logger.info("simulating a mirror (%s: %s): simulated data, not biology", size, ", ".join(releases))
    simulate(size, folder, releases)
    code = _code_hash(folder)
    if all(_next_dag(release, code, started=set()) is None for release in releases):
        logger.info("nothing changed since the last run: everything below is already there")
    else:
        with running_mirror(folder) as url:
            configure(mirror=f"{name}={url}")
            logger.info("starting Airflow; its page: http://127.0.0.1:%s", settings().airflow_port)
            with running_airflow() as client:
                client.end_orphans()
                ended = {_key(task) for task in client.tasks() if task["state"] in ENDED_TASK}
                for release in releases:
                    _follow(client, release, code, ended)
    for line in summary_lines(releases):
        logger.info("%s", line)
    logger.info("the whole demo: %.0f s", time.monotonic() - start)


def _follow(client: AirflowClient, release: str, code: str, ended: set[str]) -> None:
    """Let the DAGs take `release` all the way to the portal, logging each task as it ends."""
    started: set[str] = set()
    while True:
        _wait_until_quiet(client, ended)
        dag = _next_dag(release, code, started)
        if dag is None:
            break
        if dag in started:
            raise LocalServiceError(f"{dag} ended, but release {release} is not through; read the tasks above")
        logger.info("%s: starting %s", release, dag)
        started.add(dag)
        client.trigger(dag, {} if dag in {"watch_releases", "publish_portal"} else {"release": release})
    lake.write_text(_stamp(release), code)


def _next_dag(release: str, code: str, started: set[str]) -> str | None:
    """Return the DAG that has to be started by hand for `release`, None where all is done.

    Assets start the DAGs that follow; only after an interruption there is more to do than the first.
    """
    reports = settings().release_reports(release)
    if release not in lake.releases():
        return "watch_releases"
    if not (_stamp(release).exists() and _stamp(release).read_text() == code) and not started:
        return "ingest_release"
    if not all(_is_decided(name, release) for name in model_names()):
        return "train_models"
    if not (reports / "networks" / "summary.json").exists():
        return "compare_releases"
    return None if (settings().portal / "index.html").exists() else "publish_portal"


def _is_decided(model: str, release: str) -> bool:
    return any((settings().registry / model / "decisions").glob(f"{release}-*.json"))


def _stamp(release: str) -> Path:
    return settings().workspace / "demo" / f"{release}.sha256"


def _code_hash(mirror: Path) -> str:
    """Return a hash of everything that decides what the demo makes."""
    digest = hashlib.sha256((mirror / "spec.json").read_bytes())
    for name in CODE:
        place = settings().root / name
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and ".egg-info" not in str(path):
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _wait_until_quiet(client: AirflowClient, ended: set[str]) -> None:
    """Wait until no DAG run is going on and none has started for a while; log what ended."""
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < PATIENCE_SECONDS:
        client.children.check()
        for task in client.tasks():
            _log_ended(client, task, ended)
        if client.active_runs():
            quiet_since = time.monotonic()
        time.sleep(POLL_SECONDS)


def _key(task: dict[str, Any]) -> str:
    return f"{task['dag_id']} {task['dag_run_id']} {task['task_id']} {task['map_index']}"


def _log_ended(client: AirflowClient, task: dict[str, Any], ended: set[str]) -> None:
    if _key(task) in ended or task["state"] not in ENDED_TASK:
        return
    ended.add(_key(task))
    mapped = task.get("rendered_map_index")
    label = f"{task['task_id']} {mapped}" if mapped else task["task_id"]
    logger.info("  %-17s %-24s %-8s %5.1f s", task["dag_id"], label, task["state"], task["duration"] or 0)
    if task["state"] == "failed":
        raise LocalServiceError(f"{task['dag_id']}.{label} failed; the end of its log:\n{client.log(task)}")
