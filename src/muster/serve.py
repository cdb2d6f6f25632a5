"""Servers a person starts and ends with Ctrl-C: the service, the portal, Airflow."""

import logging
import sys
import time

from muster import registry
from muster.local import (
    Children,
    LocalServiceError,
    airflow_passwords,
    ending_on_sigterm,
    refuse_taken_port,
    running,
)
from muster.local import airflow as running_airflow
from muster.settings import settings
from muster.specs import model_names

logger = logging.getLogger(__name__)


@ending_on_sigterm()
def serve(only: str | None = None) -> None:
    """Run the BentoML service and the portal (or `only` one of them) until interrupted.

    Raises:
        LocalServiceError: nothing was promoted yet, a port is taken, or a server ended by itself.
    """
    here = settings()
    commands, pages = {}, {}
    if only != "portal":
        if not any(registry.aliases(name) for name in model_names()):
            raise LocalServiceError("no model was promoted yet: run `make demo` or `muster run --release RELEASE`")
        refuse_taken_port(here.host, here.service_port, "MUSTER_SERVICE_PORT")
        place = ["--working-dir", str(here.root / "serving"), "--host", here.host, "--port", str(here.service_port)]
        commands["service"] = [sys.executable, "-m", "bentoml", "serve", "service:Muster", *place]
        pages["service"] = f"http://{here.host}:{here.service_port}"
    if only != "service":
        refuse_taken_port(here.portal_host, here.portal_port, "MUSTER_PORTAL_PORT")
        place = ["--bind", here.portal_host, "--directory", str(here.portal)]
        commands["portal"] = [sys.executable, "-m", "http.server", str(here.portal_port), *place]
        pages["portal"] = f"http://{here.portal_host}:{here.portal_port}"
    with running(commands, here.subprocess_environment(MUSTER_HOST=here.host)) as children:
        for name, url in pages.items():
            children.wait_for(f"{url}/readyz" if name == "service" else url, 120)
            logger.info("%-8s %s", name, url)
        logger.info("logs     %s  (Ctrl-C ends)", children.logs)
        _until_interrupted(children)


@ending_on_sigterm()
def airflow() -> None:
    """Run Airflow until interrupted (and the embedded mirror beside it, where the workspace has one)."""
    folder = settings().data / f"{settings().workspace.name}-mirror"
    commands = {}
    if folder.exists():
        commands["mirror"] = [sys.executable, "-m", "muster", "mirror", "serve", str(folder)]
    with running(commands, settings().subprocess_environment()) as beside, running_airflow() as client:
        user, password = airflow_passwords()
        logger.info("Airflow  %s  user %s, password %s  (Ctrl-C ends)", client.address, user, password)
        _until_interrupted(client.children, beside)


def _until_interrupted(*started: Children) -> None:
    """Wait for Ctrl-C or SIGTERM; a child that ends by itself ends us too."""
    try:
        while True:
            for children in started:
                children.check()
            time.sleep(1)
    except KeyboardInterrupt:
        logger.info("ending")
