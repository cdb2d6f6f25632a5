"""The route that ranks genes for a set, over planted modules: genes of one number modulo 4 belong together."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from muster import registry
from muster.answers.app import build_app
from muster.answers.candidates import Candidates
from muster.answers.shelf import Shelf

MODULE = [f"Gen{number}" for number in (4, 12, 24, 40, 52, 64, 76, 88, 100, 120)]


@pytest.fixture
def client(candidate_workspace: Path) -> TestClient:
    app = build_app()
    app.state.shelf = Shelf(lambda model, version: registry.resolve(model), {})
    app.state.shelf.look()
    return TestClient(app)


def test_the_other_genes_of_a_module_come_first(client: TestClient) -> None:
    answer = client.post("/candidates", json={"genes": MODULE, "limit": 20}).json()

    inside = [int(gene["symbol"].removeprefix("Gen")) % 4 == 0 for gene in answer["genes"]]
    assert sum(inside) >= 16
    assert [gene["rank"] for gene in answer["genes"]] == list(range(1, 21))
    assert not {gene["symbol"] for gene in answer["genes"]} & set(MODULE)
    assert answer["genes"] == sorted(answer["genes"], key=lambda gene: -gene["score"])


def test_an_answer_says_where_it_comes_from_and_how_the_set_was_understood(client: TestClient) -> None:
    answer = client.post("/candidates", json={"genes": [*MODULE[:3], "MGI:1004"]}).json()

    assert (answer["release"], answer["model"]) == ("3.0", "candidate_genes")
    assert answer["model_version"] == registry.aliases("candidate_genes")["champion"]["version"]
    assert answer["trained_on"]["release"] == "3.0"
    assert answer["members"] == [
        {"gene_id": "MGI:1004", "symbol": "Gen4"},
        {"gene_id": "MGI:1012", "symbol": "Gen12"},
        {"gene_id": "MGI:1024", "symbol": "Gen24"},
    ]


def test_the_reasons_name_the_partners_in_the_set(client: TestClient) -> None:
    genes = client.post("/candidates", json={"genes": MODULE, "limit": 20}).json()["genes"]

    said = [reason for gene in genes for reason in gene["reasons"]]
    partners = [gene["reasons"][0] for gene in genes if gene["reasons"][0].startswith("interacts with ")]
    assert len(partners) > 10
    assert all(" of 10 of the set: Gen" in reason for reason in partners)
    assert any(reason.startswith("random walk rank ") for reason in said)


def test_only_untested_genes_are_told_on_request_and_keep_their_rank(client: TestClient) -> None:
    everything = client.post("/candidates", json={"genes": MODULE, "limit": 200}).json()["genes"]

    untested = client.post("/candidates", json={"genes": MODULE, "limit": 5, "untested": True}).json()["genes"]

    assert untested == [gene for gene in everything if not gene["is_tested"]][:5]


def test_human_symbols_are_taken_as_their_orthologues_and_told(client: TestClient) -> None:
    answer = client.post("/candidates", json={"genes": ["HUMAN4", "HUMAN12", "Gen24"]}).json()

    assert [gene["symbol"] for gene in answer["members"]] == ["Gen4", "Gen12", "Gen24"]
    assert answer["notes"][0] == "HUMAN4: a human symbol, taken as its one-to-one orthologue Gen4"


def test_an_unknown_name_is_left_out_and_told_with_near_matches(client: TestClient) -> None:
    answer = client.post("/candidates", json={"genes": [*MODULE, "Gen2x"]}).json()

    (unknown,) = answer["unknown"]
    assert unknown["found"] == "Gen2x"
    assert "Gen2" in unknown["near"]
    assert len(answer["members"]) == 10


def test_too_few_known_genes_are_400_with_what_is_like_the_unknown(client: TestClient) -> None:
    answer = client.post("/candidates", json={"genes": ["Gen4", "Gen4", "gen4", "Gen2x"]})

    assert answer.status_code == 400
    assert answer.json()["field"] == "genes"
    assert answer.json()["found"].startswith("1 known genes; unknown: Gen2x (like Gen2")
    assert answer.json()["expected"] == "at least 3 different genes"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"genes": ["a", "b"]},
        {"genes": "Gen4"},
        {"genes": ["a"] * 201},
        {"genes": MODULE, "limit": 0},
        {"genes": MODULE, "limit": 201},
        {"genes": MODULE, "tested": True},
    ],
)
def test_a_bad_question_is_400_with_the_field(client: TestClient, body: dict) -> None:
    answer = client.post("/candidates", json=body)

    assert answer.status_code == 400
    assert answer.json()["field"] in {"genes", "limit", "tested"}


def test_without_a_model_the_commands_that_make_one_are_said() -> None:
    app = build_app()
    app.state.shelf = Shelf(lambda model, version: Path(), {})

    answer = TestClient(app).post("/candidates", json={"genes": MODULE})

    assert answer.status_code == 503
    assert "muster train candidate_genes" in answer.json()["error"]


def test_a_container_without_a_lake_answers_the_same(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    before = client.post("/candidates", json={"genes": MODULE}).json()
    folder, version = registry.resolve("candidate_genes"), before["model_version"]
    monkeypatch.setattr("muster.lake.build", _nothing_is_published)
    monkeypatch.setattr("muster.registry.aliases", lambda name: {})
    app = build_app()
    app.state.shelf = Shelf(lambda model, version: folder, {"candidate_genes": version})
    app.state.shelf._take_up("candidate_genes", version)

    assert TestClient(app).post("/candidates", json={"genes": MODULE}).json() == before


def test_no_more_than_two_sets_are_ranked_at_a_time(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    lock, running, most = threading.Lock(), [0], [0]

    def slowly(*_: Any, **__: Any) -> list[Any]:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.05)
        with lock:
            running[0] -= 1
        return []

    monkeypatch.setattr(Candidates, "ranked", slowly)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: client.post("/candidates", json={"genes": MODULE}), range(6)))

    assert {answer.status_code for answer in answers} == {200}
    assert most[0] <= 2


def _nothing_is_published(release: str) -> Path:
    from muster.lake import NotPublishedError  # noqa: PLC0415

    raise NotPublishedError(release)
