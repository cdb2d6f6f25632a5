"""The real server, asked over HTTP, against the files its models were promoted with."""

import subprocess
import sys
import threading
import time

import duckdb
import httpx
import pytest

from muster import registry
from muster.answers import candidates
from muster.learners import image_network
from muster.settings import ROOT, settings
from muster.simulator.xray import LATERAL, Phantom, render

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def radiograph() -> bytes:
    return render(Phantom("mouse-1", "male", 25.0, LATERAL, 28, False, "centre-1", 1, 7), height=256)


def predictions(model: str, where: str = "true") -> list[dict]:
    path = registry.resolve(model) / "predictions.parquet"
    frame = duckdb.sql(f"select * from read_parquet('{path}') where {where} order by gene_id").df()
    return frame.to_dict("records")


def test_a_served_phenotype_is_the_offline_prediction_exactly(service: httpx.Client) -> None:
    offline = {(row["gene_id"], row["mp_term_id"]): row for row in predictions("gene_phenotype")}

    for gene in {gene for gene, _ in offline}:
        for found in service.get(f"/genes/{gene}/phenotypes?limit=100").json()["phenotypes"]:
            row = offline.pop((gene, found["mp_term_id"]))
            for column in ("score", "probability", "status", "is_held_out"):
                assert found[column] == row[column]

    assert offline == {}


def test_an_untested_genes_viability_is_computed_live_and_equals_the_offline_one(service: httpx.Client) -> None:
    untested = predictions("viability", "not is_held_out")
    assert len(untested) > 20

    for row in untested:
        answer = service.get(f"/genes/{row['gene_id']}/viability").json()
        assert answer["probabilities"] == {outcome: row[outcome] for outcome in ("lethal", "subviable", "viable")}
        assert (answer["outcome"], answer["features_as_of"]) == (None, "2024-07-31")


def test_a_tested_genes_viability_is_the_held_out_one_with_its_outcome(service: httpx.Client) -> None:
    row = predictions("viability", "is_held_out")[0]

    answer = service.get(f"/genes/{row['gene_id']}/viability").json()

    assert (answer["outcome"], answer["is_held_out"]) == (row["outcome"], True)
    assert answer["probabilities"]["lethal"] == row["lethal"]


def test_a_batch_answers_as_gene_by_gene(service: httpx.Client) -> None:
    genes = [row["gene_id"] for row in predictions("viability")[-30:]]

    batch = service.post("/predict", json={"model": "viability", "genes": genes}).json()["viability"]

    assert batch == [service.get(f"/genes/{gene}/viability").json() for gene in genes]


def test_a_set_of_genes_is_answered_from_the_package_alone(service: httpx.Client) -> None:
    genes = [f"Gen{number}" for number in (4, 12, 24, 40, 52, 64, 76, 88)]
    reader = candidates.read(registry.resolve("candidate_genes"))
    offline = reader.ranked(reader.understand(genes), 10, untested_only=False)

    answer = service.post("/candidates", json={"genes": genes, "limit": 10}).json()

    assert answer["release"] == "3.0"
    assert answer["genes"] == [reader.described(found) for found in offline]


def test_a_radiograph_is_answered_as_offline(service: httpx.Client, radiograph: bytes) -> None:
    offline = image_network.predict(image_network.load(registry.resolve("xray")), radiograph)

    answer = service.post("/xray", files={"image": radiograph}).json()

    assert {name: answer[name] for name in offline} == offline
    assert (answer["release"], answer["model_version"]) == ("2.0", "cccccccccccc")


def test_what_is_no_radiograph_is_400_with_what_was_found(service: httpx.Client, radiograph: bytes) -> None:
    for upload in (b"no picture", b"", radiograph[: len(radiograph) // 2]):
        answer = service.post("/xray", files={"image": ("x.jpg", upload)})
        assert answer.status_code == 400, answer.text
        assert answer.json()["field"] == "image"
        assert answer.json()["found"]
        assert answer.json()["expected"]


def test_an_upload_over_the_limit_is_refused(service: httpx.Client) -> None:
    answer = service.post("/xray", files={"image": b"x" * (20 * 1024 * 1024)})

    assert answer.status_code == 413


def test_a_gene_that_is_known_but_was_never_scored_is_told_why(service: httpx.Client) -> None:
    answer = service.get("/genes/Gen200/phenotypes")

    assert answer.status_code == 200
    assert "never scored" in answer.json()["why_none"]


def test_an_unknown_gene_is_404_with_near_matches(service: httpx.Client) -> None:
    answer = service.get("/genes/Gen2x/viability")

    assert answer.status_code == 404
    assert "Gen2" in answer.json()["near"]


def test_a_metric_that_is_no_number_is_null(service: httpx.Client) -> None:
    assert service.get("/terms/MP:0000002/genes").json()["evaluation"] == {"auroc": None}


def test_bentoml_lists_every_route(service: httpx.Client) -> None:
    paths = service.get("/docs.json").json()["paths"]

    assert {"/genes/{gene}/phenotypes", "/genes/{gene}/viability", "/predict", "/xray", "/readyz"} <= set(paths)


def test_a_new_champion_takes_over_without_a_failed_request(service: httpx.Client) -> None:
    statuses: list[int] = []
    versions: list[str] = []
    ended = threading.Event()

    def ask() -> None:
        while not ended.is_set():
            answer = service.get("/genes/Gen1/phenotypes")
            statuses.append(answer.status_code)
            versions.append(answer.json()["model_version"])

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    registry.promote("gene_phenotype", "2.0", "bbbbbbbbbbbb")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and (not versions or versions[-1] != "bbbbbbbbbbbb"):
        time.sleep(0.1)
    registry.roll_back("gene_phenotype")
    while time.monotonic() < deadline and versions[-1] != "aaaaaaaaaaaa":
        time.sleep(0.1)
    ended.set()
    for asker in askers:
        asker.join()

    assert set(statuses) == {200}
    assert set(versions) == {"aaaaaaaaaaaa", "bbbbbbbbbbbb"}
    assert versions[-1] == "aaaaaaaaaaaa"


def test_the_bento_takes_the_champions_and_no_cuda(service: httpx.Client) -> None:
    pytest.importorskip("uv", reason="bentoml build wants uv and would install it")
    command = [sys.executable, "-m", "bentoml", "build", ".", "-f", "serving/bentofile.yaml", "-o", "tag"]

    done = subprocess.run(
        command, cwd=ROOT, env=settings().subprocess_environment(), capture_output=True, text=True, check=True
    )

    tag = done.stdout.split("__tag__:")[1].strip()
    bento = settings().workspace / "bentoml" / "bentos" / tag.replace(":", "/")
    described = (bento / "bento.yaml").read_text()
    assert "muster_gene_phenotype:aaaaaaaaaaaa" in described
    assert "muster_xray:cccccccccccc" in described
    assert "download.pytorch.org/whl/cpu" in (bento / "env" / "python" / "requirements.txt").read_text()
    assert sorted(path.name for path in (bento / "src").iterdir()) == [
        *["bentofile.yaml", "constraints.txt", "feature_repo", "serving", "src"]
    ]
