"""What the simulator planted, harmonisation finds again: offsets, units, protocols, batches, weights and effects."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from muster.settings import configure, settings
from muster.simulator.simulate import simulate
from muster.steps.fetch import fetch
from muster.steps.load import load
from muster.steps.transform import transform
from muster.warehouse import reader

pytestmark = pytest.mark.slow

RELEASE = "23.0"


@dataclass(frozen=True)
class Harmonised:
    """A release of size demo behind dbt, and the truth beside its mirror."""

    warehouse: duckdb.DuckDBPyConnection
    truth: Path

    def rows(self, sql: str) -> pd.DataFrame:
        return self.warehouse.execute(sql).df()

    def true(self, name: str) -> pd.DataFrame:
        """Return a table of the truth, with the traits as our tables call them."""
        parameters = self.rows("select parameter_id, pipeline_id, trait_id from marts.parameters")
        return pd.read_csv(self.truth / f"{name}.csv").merge(parameters, on=["parameter_id", "pipeline_id"])


@pytest.fixture(scope="module")
def harmonised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harmonised]:
    mirror = simulate("demo", tmp_path_factory.mktemp("demo") / "mirror", [RELEASE])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUSTER_DATA", str(tmp_path_factory.mktemp("harmonised")))
        patch.setenv("MUSTER_MIRROR", f"file:{mirror}")
        patch.setenv("MUSTER_COMPANIONS", str(mirror / "companions"))
        configure()
        fetch(RELEASE)
        load(RELEASE)
        transform(RELEASE)
        with reader(RELEASE) as warehouse:
            yield Harmonised(warehouse, mirror / "truth")
    settings.cache_clear()


def test_the_centres_that_mislabel_a_unit_are_named_and_nobody_else(harmonised: Harmonised) -> None:
    named = harmonised.rows(
        "select distinct centre, parameter_id from marts.unit_evidence where verdict = 'label doubtful' order by all"
    )

    assert named.to_numpy().tolist() == [["BCM", "IMPC_CBC_017_001"], ["TCP", "IMPC_CBC_018_001"]]


def test_a_doubtful_label_is_read_as_it_says(harmonised: Harmonised) -> None:
    factors = harmonised.rows(
        "select distinct factor from marts.unit_evidence where verdict = 'label doubtful' and is_chosen"
    )

    assert factors["factor"].tolist() == [1.0]


def test_what_mmol_of_urea_means_is_decided_for_each_centre_from_its_data(harmonised: Harmonised) -> None:
    read = harmonised.rows(
        "select centre, reading from marts.unit_evidence"
        " where parameter_id = 'ESLIM_015_001_002' and is_chosen and verdict = 'decided from the data' order by centre"
    )

    assert dict(read.to_numpy()) == {"HMGU": "urea", "ICS": "urea nitrogen", "MRC Harwell": "urea nitrogen"}


def test_centre_offsets_protocols_and_machines_are_found_in_the_levels(harmonised: Harmonised) -> None:
    levels = harmonised.true("machines").rename(columns={"level": "planted"})
    found = harmonised.rows(
        "select centre, parameter_id, pipeline_id, metadata_group, avg(location) as location"
        " from marts.control_groups where control_count >= 10 group by all"
    )
    kinds = harmonised.rows("select trait_id, kind from marts.traits")
    joined = levels.merge(found, on=["centre", "parameter_id", "pipeline_id", "metadata_group"]).merge(kinds)
    mislabelled = (joined["centre"] + joined["trait_id"]).isin(["BCMtriglycerides", "TCPglucose"])
    # The length of the test is what differs between protocols: it has no level to agree on.
    joined = joined[(joined["kind"] != "series") & ~mislabelled & (joined["trait_id"] != "arena_time")]
    ratio = np.log(joined["location"] / joined["planted"])

    error = ratio - ratio.groupby(joined["trait_id"]).transform("median")

    assert joined["centre"].nunique() == 8
    assert joined.loc[joined["trait_id"] == "resting_time", "centre"].nunique() == 8  # one of them for 600 s, not 1,200
    assert np.median(np.abs(error)) < 0.03
    assert np.abs(error).max() < 0.25


def test_the_centre_explains_next_to_nothing_afterwards(harmonised: Harmonised) -> None:
    shares = harmonised.rows(
        "select centre_share_before, centre_share_after from marts.traits where centre_share_before is not null"
    )

    assert shares["centre_share_before"].max() > 0.8
    assert shares["centre_share_after"].max() < 0.02


def test_batches_are_closer_to_the_truth_than_none(harmonised: Harmonised) -> None:
    drifts = harmonised.rows("select trait_id, centre, pipeline_id, period_start, drift from marts.batch_effects")
    joined = drifts.merge(harmonised.true("batches"), on=["trait_id", "centre", "pipeline_id"], suffixes=("", "_true"))
    middle = pd.to_datetime(joined["period_start"]) + pd.Timedelta(days=14)
    joined = joined[(middle >= joined["starts_on"]) & (middle <= joined["ends_on"])]
    # The usual time of a centre and trait is its location, not a batch.
    true = joined["drift_true"] - joined.groupby(["trait_id", "centre"])["drift_true"].transform("mean")

    assert ((joined["drift"] - true) ** 2).mean() < 0.92 * (true**2).mean()
    # Some six controls stand in a window: with every variance known, the best correlation would be about 0.5.
    assert joined["drift"].corr(true) > 0.25


def test_effects_of_lines_are_neither_shrunk_nor_overconfident(harmonised: Harmonised) -> None:
    effects = harmonised.rows(
        "select lines.colony_id, lines.zygosity, lines.centre, line_effects.trait_id, line_effects.sex, effect_size,"
        " standard_error from marts.line_effects inner join marts.lines using (line_id) where effect_size is not null"
    )
    wide = harmonised.true("line_effects").rename(columns={"female_effect": "female", "male_effect": "male"})
    keys = ["colony_id", "zygosity", "centre", "trait_id"]
    true = wide.melt([*keys], ["female", "male"], var_name="sex", value_name="true")
    joined = effects.merge(true, on=[*keys, "sex"])
    null = joined[joined["true"] == 0]

    slope = np.polyfit(joined["true"], joined["effect_size"], 1)[0]

    assert len(joined) > 8000
    assert 0.95 < slope < 1.05
    assert 0.85 < (null["effect_size"] / null["standard_error"]).std() < 1.15


def test_body_weight_explains_what_was_planted(harmonised: Harmonised) -> None:
    slopes = harmonised.rows("select trait_id, weight_slope from marts.traits where weight_slope is not null")
    names = harmonised.true("centres")[["trait", "trait_id"]].drop_duplicates()
    true = pd.read_csv(harmonised.truth / "weight_slopes.csv").merge(names).merge(slopes)

    # Batches add a sixteenth to the variance that body weight does not explain.
    assert len(true) > 20
    assert np.abs(true["weight_slope"] - true["weight_share"] / 1.03).max() < 0.15
