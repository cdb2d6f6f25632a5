"""Say what changed since the release before and why; draw networks, describe the graph, judge earlier predictions.

Runs when the models of a release are there, because the third question is how predictions moved. When a task fails,
clear it; all tasks only read what is published. The first release has nothing before it and says so. `score` also
fails, after all else is judged, where predictions are not those that were frozen: its message names the folder.
"""

from datetime import timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Asset, Param, task

MODELS, REPORTS = Asset("models"), Asset("reports")
# The newest that was announced; started by hand without one, `muster` takes the current release.
RELEASE = (
    "{{ params.release or"
    " (triggering_asset_events.values() | first | default([{'extra': {}}]) | last).extra.release | default('') }}"
)

with DAG(
    dag_id="compare_releases",
    doc_md=__doc__,
    schedule=[MODELS],
    max_active_runs=1,
    params={"release": Param("", type="string", pattern=r"^(\d+\.\d+)?$")},
    default_args={"retries": 1, "retry_delay": timedelta(minutes=1), "execution_timeout": timedelta(hours=2)},
    tags=["reports"],
):

    @task.bash(outlets=[REPORTS])
    def score(release, outlet_events):
        """Judge the frozen predictions of earlier releases' models and tell the portal."""
        outlet_events[REPORTS].extra = {"release": release}
        return f"muster score {release}"

    networks, graph, compare = (
        BashOperator(task_id=verb, bash_command=f"muster {verb} {RELEASE}") for verb in ("networks", "graph", "compare")
    )
    networks >> graph >> compare >> score(RELEASE)
