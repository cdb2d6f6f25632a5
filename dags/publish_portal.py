"""Build the static site that links every report, model card and check.

When it fails, clear it: the site that was there stays until a new one is complete.
"""

from datetime import timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Asset

with DAG(
    dag_id="publish_portal",
    doc_md=__doc__,
    schedule=[Asset("reports")],
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=1), "execution_timeout": timedelta(minutes=30)},
    tags=["reports"],
):
    BashOperator(task_id="portal", bash_command="muster portal")
