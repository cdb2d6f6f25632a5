import pytest
from fastapi.testclient import TestClient

from muster import registry
from muster.answers.app import build_app
from muster.answers.shelf import Shelf


@pytest.fixture
def client(write_champion, known_genes) -> TestClient:
    folder = write_champion("23.0", "v1", 0.0)
    registry.promote("gene_phenotype", "23.0", "v1")
    app = build_app()
    app.state.shelf = Shelf(lambda model, version: folder, {})
    app.state.shelf.look()
    return TestClient(app)


def test_an_answer_says_where_it_comes_from(client: TestClient) -> None:
    answer = client.get("/genes/Mapk14/phenotypes").json()

    assert (answer["release"], answer["model_version"]) == ("23.0", "v1")
    assert answer["trained_on"] == {"release": "23.0", "build": "b1", "rows": 2}
    assert [row["mp_term_id"] for row in answer["phenotypes"]] == ["MP:0002083", "MP:0001399"]


def test_a_gene_answers_to_its_accession_too(client: TestClient) -> None:
    by_symbol, by_accession = (client.get(f"/genes/{name}/phenotypes").json() for name in ("mapk14", "MGI:102"))

    assert by_symbol == by_accession


def test_an_unknown_gene_is_404_with_near_matches(client: TestClient) -> None:
    answer = client.get("/genes/Mapk41/phenotypes")

    assert answer.status_code == 404
    assert answer.json()["near"] == ["Mapk14"]
    assert answer.json()["found"] == "Mapk41"


def test_a_known_gene_that_was_never_scored_is_told_why(client: TestClient) -> None:
    answer = client.get("/genes/Lonely/phenotypes")

    assert answer.status_code == 200
    assert answer.json()["phenotypes"] == []
    assert "gene_phenotype has no row for it" in answer.json()["why_none"]


def test_a_known_term_without_a_booster_is_told_why(client: TestClient) -> None:
    answer = client.get("/terms/MP:0009999/genes")

    assert answer.status_code == 200
    assert "too few genes" in answer.json()["why_none"]


def test_a_term_answers_its_untested_genes_first_asked_for(client: TestClient) -> None:
    answer = client.get("/terms/MP:0001399/genes").json()

    assert [row["symbol"] for row in answer["genes"]] == ["Xyz2", "Mapk14"]
    assert answer["evaluation"] == {"positives": 60, "auroc": 0.8}


@pytest.mark.parametrize(
    ("query", "field", "found", "expected"),
    [
        ("limit=0", "limit", "'0'", "greater than or equal to 1"),
        ("limit=many", "limit", "'many'", "a valid integer"),
        ("status=dead", "status", "'dead'", "'all', 'untested', 'tested' or 'called'"),
    ],
)
def test_a_bad_parameter_is_400_with_field_found_and_expected(
    client: TestClient, query: str, field: str, found: str, expected: str
) -> None:
    answer = client.get(f"/genes/Mapk14/phenotypes?{query}")

    assert answer.status_code == 400
    assert (answer.json()["field"], answer.json()["found"]) == (field, found)
    assert answer.json()["expected"].startswith(expected)


def test_a_batch_keeps_its_order_and_lists_the_unknown(client: TestClient) -> None:
    answer = client.post("/predict", json={"genes": ["Xyz2", "Nobody", "Abcd1"], "limit": 1}).json()

    assert [row["symbol"] for row in answer["phenotypes"]] == ["Xyz2", "Abcd1"]
    assert [row["found"] for row in answer["unknown"]] == ["Nobody"]


@pytest.mark.parametrize(
    "body", [{}, {"genes": []}, {"genes": "Mapk14"}, {"genes": ["a"], "modell": "x"}, {"genes": ["a"] * 1001}]
)
def test_a_bad_batch_is_400(client: TestClient, body: dict) -> None:
    answer = client.post("/predict", json=body)

    assert answer.status_code == 400
    assert answer.json()["field"] in {"genes", "modell"}


def test_a_model_that_is_not_promoted_is_503_with_what_to_run(client: TestClient) -> None:
    answer = client.get("/genes/Mapk14/viability")

    assert answer.status_code == 503
    assert "muster train viability" in answer.json()["error"]


def test_an_upload_without_a_file_is_400(client: TestClient) -> None:
    answer = client.post("/xray", files={"picture": b"x"})

    assert answer.status_code == 400
    assert (answer.json()["field"], answer.json()["found"]) == ("image", "nothing")


def test_a_url_in_place_of_a_file_is_400_and_not_fetched(client: TestClient) -> None:
    answer = client.post("/xray", data={"image": "http://127.0.0.1:9/secret"})

    assert answer.status_code == 400
    assert answer.json()["field"] == "image"


def test_models_say_their_metrics_and_their_decision(client: TestClient) -> None:
    (model,) = client.get("/models").json()["models"]

    assert model["metrics"] == {"model": {"auroc": [0.8, 0.7, 0.9]}}
    assert model["decision"] is None


def test_the_openapi_page_has_every_route_typed_with_examples(client: TestClient) -> None:
    content = client.get("/openapi.json").json()

    assert sorted(content["paths"]) == [
        "/candidates",
        "/genes/{gene}/phenotypes",
        "/genes/{gene}/viability",
        "/models",
        "/predict",
        "/terms/{mp_term_id}/genes",
        "/xray",
    ]
    for shape in (
        "GenePhenotypes",
        "GeneViability",
        "TermGenes",
        "PredictAnswer",
        "CandidatesAnswer",
        "XrayAnswer",
        "ModelsAnswer",
        "ErrorAnswer",
    ):
        assert content["components"]["schemas"][shape]["example"], shape
    assert all("422" not in how["responses"] for path in content["paths"].values() for how in path.values())


def test_metrics_keep_one_series_a_route_not_one_a_gene(client: TestClient) -> None:
    for gene in ("Abcd1", "Mapk14", "Nobody"):
        client.get(f"/genes/{gene}/phenotypes")

    lines = client.get("/metrics").text.splitlines()
    counted = {line.rsplit(" ", 1)[0] for line in lines if line.startswith("muster_request_seconds_count")}

    series = 'muster_request_seconds_count{route="/genes/{gene}/phenotypes",status="%s"}'
    assert {series % 200, series % 404} <= counted
    assert not [line for line in counted if "Abcd1" in line or "Mapk14" in line]
