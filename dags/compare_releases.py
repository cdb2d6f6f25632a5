"""Say what changed since the release before and why; draw networks, describe the graph, judge earlier predictions.

Runs when the models of a release are there, because the third question is how predictions moved. When a task fails,
clear it; all tasks only read what is published. The first release has nothing before it and says so. `score` also
fails, after all else is judged, where predictions are not those that were frozen: its message names the folder. A
failed report stops no other, and the portal is told of those that were made.
"""

from datetime import timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Asset, Param, TriggerRule, chain, task

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

    @task(trigger_rule=TriggerRule.ALL_DONE, outlets=[REPORTS])
    def announce(release, outlet_events):
        """Tell the portal which release has new reports."""
        outlet_events[REPORTS].extra = {"release": release}

    # In this order one after another, for memory's sake; none reads what another made.
    reports = [
        BashOperator(task_id=verb, bash_command=f"muster {verb} {RELEASE}", trigger_rule=TriggerRule.ALL_DONE)
        for verb in ("networks", "graph", "compare", "score")
    ]
    chain(*reports, announce(RELEASE))
    # Without it a run would count as done as soon as `announce` is.
    reports >> EmptyOperator(task_id="every_report_is_made")
