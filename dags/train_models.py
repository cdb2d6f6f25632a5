"""Retrain every model on the release that was just published, and promote those that pass their gates.

One mapped task a model. The model with hundreds of terms can be fitted in shards first, one mapped task each, on as
many workers as there are: the parameter `shards` of a run, else the Airflow Variable `shards`. They share the folder of
MUSTER_DATA, and 2 cores and 4 GB each are enough: on the real 18.0 a shard had 1.6 GB at most. With one shard, the
default, `train` fits all: on one machine shards only cost, as each reads the features again, which takes as long as
fitting ten sets of labels.

When a shard or `train` fails, its log says why; clear it and it goes on where it stopped. A failed shard stops no
model: `train` fits what is missing. When `promote` turns a model down, the champion before it keeps answering, and
`registry/<model>/decisions/` says which gate failed.
"""

from datetime import timedelta
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Asset, Param, TriggerRule, Variable, task

LAKE, MODELS = Asset("lake"), Asset("models")
NAMES = sorted(path.stem for path in (Path(__file__).resolve().parents[1] / "models").glob("*.yml"))
SHARDED = "gene_phenotype"
# The newest that was announced; started by hand without one, `muster` takes the current release.
RELEASE = (
    "{{ params.release or"
    " (triggering_asset_events.values() | first | default([{'extra': {}}]) | last).extra.release | default('') }}"
)

with DAG(
    dag_id="train_models",
    doc_md=__doc__,
    schedule=[LAKE],
    max_active_runs=1,
    params={
        "release": Param("", type="string", pattern=r"^(\d+\.\d+)?$"),
        "shards": Param(None, type=["null", "integer"], minimum=1, maximum=400),
    },
    default_args={"retries": 1, "retry_delay": timedelta(minutes=1), "execution_timeout": timedelta(hours=12)},
    tags=["models"],
):

    def per_model(verb, **options):
        """Return one mapped task a model that runs `muster <verb> <model> <release>`."""
        return BashOperator.partial(
            task_id=verb, bash_command=f"muster {verb} $MODEL {RELEASE}", append_env=True, **options
        ).expand(env=[{"MODEL": name} for name in NAMES])

    @task
    def share_out(params):
        """Return one entry a shard, none where a single worker fits everything."""
        # A run that an asset started has no parameters of its own.
        count = params["shards"] or int(Variable.get("shards", default=1))
        return [{"SHARD": f"{number}/{count}"} for number in range(1, count + 1)] if count > 1 else []

    @task.bash(trigger_rule=TriggerRule.ALL_DONE, outlets=[MODELS])
    def announce(release, outlet_events):
        """Tell whoever waits for models; those that failed keep their last champion."""
        outlet_events[MODELS].extra = {"release": release}
        return f"muster models {release}"

    materialize = BashOperator(task_id="materialize", bash_command=f"muster materialize {RELEASE}")
    train_shard = BashOperator.partial(
        task_id="train_shard",
        bash_command=f"muster train {SHARDED} {RELEASE} --shard $SHARD",
        append_env=True,
        map_index_template="{{ task.env['SHARD'] }}",
    ).expand(env=share_out())
    # Without shards `train_shard` is skipped; a failed one leaves its terms to `train`.
    train = per_model("train", map_index_template="{{ task.env['MODEL'] }}", trigger_rule=TriggerRule.ALL_DONE)
    promote = per_model("promote", map_index_template="{{ task.env['MODEL'] }}", trigger_rule=TriggerRule.ALL_DONE)
    (
        materialize
        >> train_shard
        >> train
        >> promote
        >> [announce(RELEASE), EmptyOperator(task_id="every_model_is_decided")]
    )
