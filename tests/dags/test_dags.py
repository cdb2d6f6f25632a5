"""The DAGs parse, explain themselves and run verbs that exist."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from muster.cli import app
from muster.pipeline import INGEST, REPORT
from muster.specs import model_names

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> dict:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_HOME", str(tmp_path_factory.mktemp("airflow")))
        patch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
        from airflow.dag_processing.dagbag import DagBag  # noqa: PLC0415

        bag = DagBag(str(ROOT / "dags"), known_pools={"warehouse", "default_pool"})
    assert bag.import_errors == {}
    return bag.dags


def test_there_is_one_dag_a_file_named_like_it(dags: dict) -> None:
    assert set(dags) == {path.stem for path in (ROOT / "dags").glob("*.py")}


def test_each_dag_has_a_runbook_tags_and_time_limits(dags: dict) -> None:
    for dag in dags.values():
        assert "fail" in dag.doc_md, dag.dag_id
        assert dag.tags, dag.dag_id
        assert dag.max_active_runs == 1, dag.dag_id


def test_each_command_is_a_verb_of_the_command_line() -> None:
    verbs = set(get_command(app).commands)

    used = {verb for path in (ROOT / "dags").glob("*.py") for verb in re.findall(r"muster ([a-z]+)", path.read_text())}

    assert used <= verbs


def test_airflow_and_the_command_line_take_the_same_steps(dags: dict) -> None:
    ingest = [task.task_id.replace("_", " ") for task in dags["ingest_release"].topological_sort()]
    assert ingest == INGEST
    compare = [task.task_id for task in dags["compare_releases"].topological_sort()]
    assert [name for name in compare if name in REPORT] == REPORT


def test_a_failed_report_stops_no_other_and_the_portal_is_told(dags: dict) -> None:
    dag = dags["compare_releases"]

    assert {dag.get_task(verb).trigger_rule for verb in [*REPORT, "announce"]} == {"all_done"}
    assert [asset.name for asset in dag.get_task("announce").outlets] == ["reports"]
    assert dag.get_task("announce").upstream_task_ids == {"score"}
    last = dag.get_task("every_report_is_made")
    assert (last.upstream_task_ids, last.trigger_rule) == (set(REPORT), "all_success")


def test_one_writer_at_a_time(dags: dict) -> None:
    assert {task.pool for task in dags["ingest_release"].tasks} == {"warehouse"}


def test_every_model_of_the_folder_is_trained_and_judged(dags: dict) -> None:
    for verb in ("train", "promote"):
        mapped = dags["train_models"].get_task(verb).expand_input.value["env"]
        assert [entry["MODEL"] for entry in mapped] == model_names()


def test_a_model_may_be_fitted_in_shards_before_it_is_trained(dags: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    dag = dags["train_models"]
    shares = dag.get_task("share_out").python_callable

    assert shares({"shards": 1}) == []
    assert shares({"shards": 3}) == [{"SHARD": "1/3"}, {"SHARD": "2/3"}, {"SHARD": "3/3"}]
    monkeypatch.setattr("airflow.sdk.Variable.get", lambda _, default: default)
    assert shares({"shards": None}) == []
    monkeypatch.setattr("airflow.sdk.Variable.get", lambda name, default: {"shards": "2"}[name])
    assert shares({"shards": None}) == [{"SHARD": "1/2"}, {"SHARD": "2/2"}]
    assert dag.params["shards"] is None
    assert "train_shard" in dag.get_task("train").upstream_task_ids
    # Neither a skipped nor a failed shard keeps the models from being trained.
    assert dag.get_task("train").trigger_rule == "all_done"
