"""What is planted for harmonisation stands in the mice's numbers, and the truth says how much of it."""

import gzip
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from muster.simulator.consortium import Consortium, found
from muster.simulator.plants import planted
from muster.simulator.sizes import SIZES
from muster.simulator.specimens import Colony, breed
from muster.simulator.vocabulary import centres, traits

MANY_CONTROLS = replace(SIZES["tiny"], controls_per_sex=600)


@pytest.fixture(scope="module")
def crowd() -> tuple[Consortium, Colony, dict[str, pd.DataFrame]]:
    """Give a colony of so many wild types that what is planted stands out of chance, and its truth."""
    consortium = found(MANY_CONTROLS, 20190124)
    colony = breed(consortium)
    return consortium, colony, planted(consortium, colony)


@pytest.fixture(scope="module")
def controls(tiny_mirror) -> pd.DataFrame:
    """Give the published numbers of the wild-type females."""
    place = tiny_mirror.folder / "all-data-releases/release-23.0/impc_bulk_api/experimental_data_json"
    lines = [line for part in sorted(place.glob("*.gz")) for line in gzip.decompress(part.read_bytes()).splitlines()]
    points = pd.DataFrame([json.loads(line) for line in lines])
    return points[(points["biological_sample_group"] == "control") & (points["sex"] == "female")]


def truth(mirror, name: str) -> pd.DataFrame:
    return pd.read_csv(mirror.folder / f"truth/{name}.csv", keep_default_na=False)


def medians(controls: pd.DataFrame, parameter: str) -> dict[str, float]:
    points = controls[controls["parameter_stable_id"] == parameter]
    return points.groupby("phenotyping_center")["data_point"].median().to_dict()


def column(trait: str) -> int:
    return int(traits().index[traits()["trait"] == trait][0])


def test_two_centres_submit_another_unit_than_their_label_says(tiny_mirror, controls: pd.DataFrame) -> None:
    glucose, fat = (medians(controls, parameter) for parameter in ("IMPC_CBC_018_001", "IMPC_CBC_017_001"))

    wrong = truth(tiny_mirror, "units").query("is_mislabelled")
    assert wrong[["centre", "trait", "label", "true_unit", "factor"]].to_numpy().tolist() == [
        ["BCM", "triglycerides", "mg/dl", "mmol/l", 88.57],
        ["TCP", "glucose", "mg/dl", "mmol/l", 18.016],
    ]
    assert 18.016 * glucose["TCP"] == pytest.approx(glucose["JAX"], rel=0.3)
    assert 88.57 * fat["BCM"] == pytest.approx(fat["JAX"], rel=0.3)


def test_one_label_of_urea_has_two_readings(tiny_mirror, controls: pd.DataFrame) -> None:
    submitted = medians(controls, "ESLIM_015_001_002")

    units = truth(tiny_mirror, "units").set_index("centre")
    urea = units[(units["trait"] == "urea") & (units["label"] == "mmol/l")]
    assert urea[["reading", "factor"]].T.to_dict("list") == {
        "MRC Harwell": ["urea nitrogen", 2.801],
        "HMGU": ["urea", 6.006],
        "ICS": ["urea nitrogen", 2.801],
    }
    nitrogen = medians(controls, "IMPC_CBC_004_001")["JAX"]
    for centre, (_, factor) in urea[["reading", "factor"]].T.to_dict("list").items():
        assert submitted[centre] * factor == pytest.approx(nitrogen, rel=0.3)


def test_sums_of_half_the_time_are_half(tiny_mirror, controls: pd.DataFrame) -> None:
    protocols = truth(tiny_mirror, "protocols").set_index(["centre", "trait"])
    levels = truth(tiny_mirror, "centres").set_index(["centre", "trait"])["scale"]

    assert protocols.loc[("WTSI", "resting_time"), ["protocol_seconds", "factor"]].tolist() == [600, 0.5]
    assert protocols.loc[("JAX", "centre_time"), ["protocol_seconds", "factor"]].tolist() == [1200, 1.0]
    rested = medians(controls, "M-G-P_007_001_003")["WTSI"]
    assert rested == pytest.approx(420 * 0.5 * levels["WTSI", "resting_time"], rel=0.15)


def test_a_second_machine_moves_the_level_by_its_factor(crowd) -> None:
    _, colony, tables = crowd
    trait, centre = column("alkaline_phosphatase"), int(centres().index[centres()["centre"] == "UC Davis"][0])
    own = colony.mice["is_control"] & (colony.mice["sex"] == "male") & (colony.mice["centre_index"] == centre)
    values, machine = colony.values[own, trait], colony.equipment[own, trait]

    planted_factors = tables["machines"].set_index(["centre", "trait", "machine"])["factor"]
    ratio = np.nanmedian(values[machine == 1]) / np.nanmedian(values[machine == 0])
    assert ratio == pytest.approx(planted_factors["UC Davis", "alkaline_phosphatase", 2], abs=0.05)
    groups = tables["machines"].groupby(["centre", "trait"])["metadata_group"].nunique()
    assert groups["UC Davis", "alkaline_phosphatase"] == 2
    assert groups["JAX", "alkaline_phosphatase"] == 1


def test_seasons_drift_as_the_truth_says(crowd) -> None:
    _, colony, tables = crowd
    trait = column("platelets")
    own = np.flatnonzero(colony.mice["is_control"] & (colony.mice["centre"] == "JAX") & (colony.mice["sex"] == "male"))
    z = (colony.values[own, trait] / colony.centre_scale[0, trait] - 1290) / 140
    seen = pd.DataFrame({"starts_on": colony.measured_on[own, trait], "z": z}).dropna()

    drift = tables["batches"].query("centre == 'JAX' and trait == 'platelets'").sort_values("starts_on")
    joined = pd.merge_asof(seen.sort_values("starts_on"), drift[["starts_on", "drift"]], on="starts_on")
    means = joined.groupby("drift")["z"].agg(["mean", "size"])
    error = (means["mean"] - means.index) * np.sqrt(means["size"])
    assert len(means) >= 16
    assert error.abs().max() < 3.5
    assert 0.6 < error.std() < 1.4


def test_body_weight_has_the_planted_part_in_a_trait(crowd) -> None:
    _, colony, tables = crowd
    own = colony.mice["is_control"] & (colony.mice["centre"] == "JAX") & (colony.mice["sex"] == "female")
    share = tables["weight_slopes"].set_index("trait")["weight_share"]

    for trait in ("lean_mass", "grip_strength", "albumin"):
        pair = colony.values[own][:, [column("body_weight"), column(trait)]]
        pair = pair[~np.isnan(pair).any(axis=1)]
        # The drift of either trait is in the spread but not in what they share.
        assert np.corrcoef(pair.T)[0, 1] == pytest.approx(share[trait] / 1.0625, abs=0.12)


def test_reference_lines_are_one_allele_at_three_centres_with_the_same_effects(tiny_mirror) -> None:
    effects = truth(tiny_mirror, "line_effects")

    shared = effects[effects["is_reference"]]
    alleles = shared.groupby("allele_symbol")
    assert alleles["centre"].nunique().tolist() == [3, 3, 3, 3]
    assert alleles["colony_id"].nunique().tolist() == [3, 3, 3, 3]
    by_trait = shared.groupby(["allele_symbol", "trait"])
    assert by_trait[["female_effect", "male_effect"]].nunique().max().tolist() == [1, 1]
    moved = by_trait["male_effect"].first().ne(0).groupby("allele_symbol").sum()
    assert (moved >= 3).all()


def test_the_mice_of_a_line_lie_as_far_off_as_its_true_effect(crowd) -> None:
    consortium, colony, tables = crowd
    trait = column("body_length")
    frame = colony.mice.assign(value=colony.values[:, trait] / colony.centre_scale[colony.mice["centre_index"], trait])
    usual = frame[frame["is_control"]].groupby("sex")["value"].mean()
    males = frame[~frame["is_control"] & (frame["sex"] == "male")]

    shift = males.groupby("line")["value"].mean().sub(usual["male"]).div(0.25)
    shift.index = consortium.lines["colony_id"].loc[shift.index]
    true = tables["line_effects"].query("trait == 'body_length'").set_index("colony_id")["male_effect"]
    both = pd.concat([shift, true], axis=1, join="inner").dropna()
    error = both["value"] - both["male_effect"]
    moved = both["male_effect"].abs() > 1
    assert len(both) > 40
    assert moved.sum() >= 5
    assert error.abs().max() < 1.6
    assert abs(error[moved].mean()) < 0.3
