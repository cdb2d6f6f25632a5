"""Say what changed since the release before, why, and so what; draw the network of MP terms, describe the graph.

Runs when the models of a release are there, because the third question is how predictions moved. When a task fails,
clear it; every task only reads what is published. The first release has nothing before it and says so.
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
    def compare(release, outlet_events):
        """Compare with the release before and tell the portal."""
        outlet_events[REPORTS].extra = {"release": release}
        return f"muster compare {release}"

    networks = BashOperator(task_id="networks", bash_command=f"muster networks {RELEASE}")
    graph = BashOperator(task_id="graph", bash_command=f"muster graph {RELEASE}")
    networks >> graph >> compare(RELEASE)
