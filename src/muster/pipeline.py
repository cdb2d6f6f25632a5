"""The steps in their order, each timed; what `muster run` does is what the DAGs do."""

import json
import logging
import resource
import time
from importlib import import_module

from muster import lake
from muster.limits import told
from muster.settings import settings
from muster.specs import model_names

logger = logging.getLogger(__name__)

INGEST = ["fetch", "load", "check raw", "transform", "check staging", "check marts", "publish"]
REPORT = ["networks", "graph", "compare", "score"]


def run(release: str) -> None:
    """Run every step of `release`: ingest, features, models, reports, portal.

    Raises:
        RefusedError: the release failed a check; what was published before stays current.
    """
    for step in INGEST:
        run_step(*step.split(), release)
    run_step("materialize", release)
    for model in model_names():
        if run_step("train", model, release) is None:
            run_step("promote", model, release)
    try:
        for step in REPORT:
            run_step(step, release)
    except Exception:
        # `score` fails by design on changed predictions; what was made until then is shown all the same.
        run_step("portal")
        raise
    run_step("portal")


def run_step(name: str, *arguments: str, **options: str | None) -> str | None:
    """Run one step, log how long it took; return why there was nothing it could be done for, None where it was done.

    The record goes to `reports/<release>/steps.jsonl`, which the portal shows.
    """
    given = {option: value for option, value in options.items() if value is not None}
    told_options = [f"--{option} {value}" for option, value in given.items()]
    command = " ".join([name, *arguments, *told_options])
    logger.info("%s", command)
    start = time.monotonic()
    lacking = None
    try:
        with told(command, settings().workspace, besides=lake.RefusedError):
            getattr(import_module(f"muster.steps.{name}"), name)(*arguments, **given)
    except lake.SkippedError as reason:
        lacking = str(reason)
        logger.warning("skipped: %s", lacking)
    seconds = time.monotonic() - start
    logger.info("%s: %.1f s", command, seconds)
    if arguments:
        _record(arguments[-1], " ".join([name, *arguments[:-1], *told_options]), seconds, is_done=lacking is None)
    return lacking


def _record(release: str, step: str, seconds: float, *, is_done: bool) -> None:
    path = settings().release_reports(release) / "steps.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    # Linux counts in kB; children are dbt and the packager.
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    entry = {
        "step": step,
        "seconds": round(seconds, 1),
        "peak_mb": round(peak),
        "finished_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "is_done": is_done,
    }
    with path.open("a") as log:
        log.write(json.dumps(entry) + "\n")
