"""Is a challenger better than the champion? Judged on the same held-out examples, drawn again many times."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from muster.learners.metrics import Floats, draws, interval, mean_over, ranking_metrics

SEED = 17
DRAWS = 100
MARGIN = 0.01
"""A loss smaller than this is chance: with smooth weights, one picture more that is wrong is wrong in every draw."""


@dataclass(frozen=True)
class Comparison:
    """Challenger minus champion, with a 95 % interval; `shared` is the number of genes or images both were asked."""

    metric: str
    shared: int
    difference: tuple[float, float, float]

    @property
    def is_clearly_worse(self) -> bool:
        """Return whether even the upper bound is a loss that matters."""
        return self.difference[2] < -MARGIN


def compare(learner: str, challenger: Path, champion: Path, labels: Path | None = None) -> Comparison | None:
    """Compare two model folders; None where they share no example with a known answer.

    Args:
        learner: of both.
        challenger: its folder.
        champion: its folder.
        labels: the feature file with each gene's fold; boosters of different folds do not score on one scale.
    """
    paths = [str(path / "predictions.parquet") for path in (challenger, champion)]
    folds = f"select gene_id, fold from read_parquet('{labels}')" if labels else NO_FOLDS
    with duckdb.connect() as connection:
        rows = connection.execute(NUMBERED.format(QUERIES[learner].format(folds=folds)), paths).df()
    if rows.empty:
        return None
    shared = int(rows["example"].max()) + 1
    metric, difference = MEASURES[learner]
    value, low, high = interval(difference(rows, draws(np.arange(shared), seed=SEED, count=DRAWS)))
    if value is None or low is None or high is None:
        return None
    return Comparison(metric, shared, (value, low, high))


def _auroc_difference(rows: pd.DataFrame, weights: Floats) -> Floats:
    """Return the mean over terms (or outcomes) of the difference in AUROC, per draw."""
    differences = []
    for _, part in rows.groupby("target"):
        label, stratum, drawn = part["label"].to_numpy(bool), part["stratum"].to_numpy(), weights[:, part["example"]]
        challenger, champion = (
            ranking_metrics(label, part[name].to_numpy(float), drawn, stratum)["auroc"]
            for name in ("challenger", "champion")
        )
        differences.append(challenger - champion)
    return mean_over(differences)


def _accuracy_difference(rows: pd.DataFrame, weights: Floats) -> Floats:
    """Return the mean over targets of the difference in the share of right answers, per draw."""
    differences = []
    for _, part in rows.groupby("target"):
        gain = part["challenger"].to_numpy(float) - part["champion"].to_numpy(float)
        drawn = weights[:, part["example"]]
        differences.append(drawn @ gain / drawn.sum(axis=1))
    return mean_over(differences)


NO_FOLDS = "select null::varchar as gene_id, 0 as fold"
# Numbers in place of names, and at most two hundred of the terms, evenly chosen: a release has millions of answers.
NUMBERED = """
    with numbered as (
        select
            dense_rank() over (order by example) - 1 as example,
            dense_rank() over (order by target) - 1 as target,
            * exclude (example, target)
        from ({})
    )
    select * from numbered
    where target % greatest(1, (select max(target) + 1 from numbered) // 100) = 0
    order by target, example
"""
# A champion of an earlier release never saw the label of a gene that was untested then: that score is fair too.
QUERIES: dict[str, str] = {
    "xgboost_per_term": """
        select
            challenger.gene_id as example,
            challenger.mp_term_id as target,
            challenger.status = 'called' as label,
            challenger.score as challenger,
            champion.score as champion,
            2 * coalesce(fold, 0) + champion.is_held_out::integer as stratum
        from read_parquet($1) as challenger
        join read_parquet($2) as champion using (gene_id, mp_term_id)
        left join ({folds}) as folds on folds.gene_id = challenger.gene_id
        where challenger.is_held_out and challenger.status <> 'untested'
            and (champion.is_held_out or champion.status = 'untested')
    """,
    "xgboost_classifier": " union all ".join(
        f"""
        select
            challenger.gene_id as example,
            '{outcome}' as target,
            challenger.outcome = '{outcome}' as label,
            challenger.{outcome} as challenger,
            champion.{outcome} as champion,
            2 * coalesce(fold, 0) + champion.is_held_out::integer as stratum
        from read_parquet($1) as challenger
        join read_parquet($2) as champion using (gene_id)
        left join ({{folds}}) as folds on folds.gene_id = challenger.gene_id
        where challenger.is_held_out and (champion.is_held_out or champion.outcome is null)
        """
        for outcome in ("lethal", "subviable", "viable")
    ),
    # Whole mice are drawn: two pictures of one mouse are not two examples.
    "image_network": """
        with pictures as (
            select
                challenger.specimen_id as example,
                case when challenger.sex in ('female', 'male') then challenger.sex = 'male' end as is_male,
                challenger.view as declared,
                challenger,
                champion
            from read_parquet($1) as challenger
            join read_parquet($2) as champion using (image_id)
            where challenger.is_held_out and champion.is_held_out
        )
        select
            example,
            'sex' as target,
            (challenger.p_male >= 0.5) = is_male as challenger,
            (champion.p_male >= 0.5) = is_male as champion
        from pictures
        where is_male is not null
        union all
        select
            example,
            'view' as target,
            challenger.found_view = declared as challenger,
            champion.found_view = declared as champion
        from pictures
    """,
    # A gene that is hidden now may have been shown to the champion, which then says nothing of it.
    "xgboost_gene_sets": """
        select
            challenger.gene_id as example,
            challenger.set_id as target,
            challenger.is_hidden as label,
            challenger.score as challenger,
            champion.score as champion,
            0 as stratum
        from read_parquet($1) as challenger
        join read_parquet($2) as champion using (set_id, gene_id)
        where challenger.is_held_out and champion.is_held_out and challenger.is_hidden = champion.is_hidden
    """,
}
MEASURES: dict[str, tuple[str, Callable[[pd.DataFrame, Floats], Floats]]] = {
    "xgboost_per_term": ("auroc", _auroc_difference),
    "xgboost_classifier": ("auroc", _auroc_difference),
    "image_network": ("accuracy", _accuracy_difference),
    "xgboost_gene_sets": ("auroc", _auroc_difference),
}
