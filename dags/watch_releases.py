"""Look at the mirror once a day and start `ingest_release` for the oldest release that is new.

Where none is, the current release is taken in again if older ones joined it since: its history is then another.

A release that was refused is not tried again until its files change on the mirror. When `look` fails, the mirror could
not be read: its log names the address. Nothing is lost; tomorrow's run looks again.
"""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG

with DAG(
    dag_id="watch_releases",
    doc_md=__doc__,
    schedule="@daily",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": timedelta(minutes=5), "retry_exponential_backoff": True},
    tags=["ingest"],
):
    # `muster watch` prints the release and exits with 99, which skips the rest, where there is none.
    look = BashOperator(
        task_id="look", bash_command="muster watch", skip_on_exit_code=99, execution_timeout=timedelta(minutes=10)
    )
    ingest = TriggerDagRunOperator(
        task_id="ingest",
        trigger_dag_id="ingest_release",
        conf={"release": "{{ ti.xcom_pull(task_ids='look') }}"},
    )
    look >> ingest
