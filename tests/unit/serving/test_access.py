"""Who is answered: the real server with a token over an empty workspace, and its refusal to listen to everybody."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from muster.settings import ROOT, settings

pytestmark = pytest.mark.slow


def test_with_a_token_only_who_knows_it_is_answered(empty_service: Callable) -> None:
    with empty_service(MUSTER_TOKEN="a-long-secret") as client:
        for path in ("/models", "/docs.json", "/metrics", "/genes/Gen1/phenotypes", "/"):
            assert client.get(path).status_code == 401, path
        client.headers["Authorization"] = "Bearer a-long-secret"

        assert client.get("/models").json() == {"models": []}
        unserved = client.get("/genes/Gen1/phenotypes")
        assert unserved.status_code == 503
        assert "muster promote gene_phenotype" in unserved.json()["error"]


@pytest.mark.parametrize("options", [["--host", "0.0.0.0"], []])
def test_without_a_token_it_does_not_listen_to_everybody(options: list[str]) -> None:
    folder = str(ROOT / "serving")
    command = [sys.executable, "-m", "bentoml", "serve", "service:Muster", "--working-dir", folder, *options]

    done = subprocess.run(
        command, env=settings().subprocess_environment(), capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 1
    assert "MUSTER_TOKEN" in done.stdout + done.stderr
