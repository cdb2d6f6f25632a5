"""Turn one IMPC release into checked, published tables.

When a task fails: read the end of its log (it says what was found and what to do), fix the cause, clear the task. Every
step can run again. A failed `check` means that the release was refused: the last good release stays current, and
`reports/<release>/checks/` says which rows failed which expectation.
"""

from datetime import timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Asset, Param, chain, task

LAKE = Asset("lake")
STEPS = ["fetch", "load", "check raw", "transform", "check staging", "check marts"]
RETRIES = {"fetch": 3}  # only the network deserves patience

with DAG(
    dag_id="ingest_release",
    doc_md=__doc__,
    schedule=None,
    max_active_runs=1,
    params={"release": Param(type="string", pattern=r"^\d+\.\d+$", description="A release, such as 23.0.")},
    default_args={
        "pool": "warehouse",
        "retry_delay": timedelta(minutes=1),
        "retry_exponential_backoff": True,
        "execution_timeout": timedelta(hours=6),
    },
    tags=["ingest"],
):

    @task.bash(outlets=[LAKE])
    def publish(params, outlet_events):
        """Publish the marts and tell whoever waits for the lake which release it holds now."""
        outlet_events[LAKE].extra = {"release": params["release"]}
        return f"muster publish {params['release']}"

    chain(
        *(
            BashOperator(
                task_id=step.replace(" ", "_"),
                bash_command=f"muster {step} {{{{ params.release }}}}",
                retries=RETRIES.get(step, 0),
            )
            for step in STEPS
        ),
        publish(),
    )
