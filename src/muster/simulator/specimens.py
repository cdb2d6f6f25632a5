"""The mice: who they are, when and with which equipment they were measured, and the values that came out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from muster.simulator.chance import identifier, stream
from muster.simulator.consortium import Consortium
from muster.simulator.results import method
from muster.simulator.vocabulary import centres, offers, rows, traits

FIRST_BIRTH = np.datetime64("2019-01-07")
BIRTH_SPAN_DAYS = 1400
AGE_WEEKS = {
    "IMPC_BWT_001": 8,
    "IMPC_OFD_001": 9,
    "IMPC_GRS_001": 9,
    "IMPC_ACS_003": 10,
    "IMPC_ECG_002": 12,
    "IMPC_ECH_001": 12,
    "IMPC_IPG_001": 13,
    "IMPC_DXA_001": 14,
    "IMPC_XRY_001": 14,
    "IMPC_CBC_003": 16,
    "IMPC_HEM_002": 16,
}
SUMMED_OVER_TIME = ("resting_time", "distance", "rears", "arena_time")
CENTRE_SPREAD = {"distance": 0.6, "resting_time": 0.45, "rears": 0.35, "centre_time": 0.3, "fat_mass": 0.2}
"""How far centres differ in level, in natural logarithms: real open fields differ tenfold."""
TAKEN = 0.98
"""Share of the measurements that succeed."""
USUAL_SPREAD, EQUIPMENT_SPREAD, BATCH_SPREAD = 0.06, 0.03, 0.25
BATCH_DAYS = 90
USUAL_SECONDS = 1200
"""How long the open field lasts where the means and spreads of sums over time hold."""
NEW_EQUIPMENT_ON = FIRST_BIRTH + np.timedelta64(800, "D")
SWAPPING = 3
"""Every third centre buys new equipment on the way."""
BASELINE = "22.0"
"""The release whose errors the published mice bear out."""
NO_LINE = -1


@dataclass(frozen=True)
class Colony:
    """Mice measured one by one."""

    mice: pd.DataFrame
    values: np.ndarray
    """Mouse x trait in canonical units, NaN where not measured."""
    measured_on: np.ndarray
    """Mouse x trait: the day."""
    equipment: np.ndarray
    """Mouse x trait: 0 for the centre's first machine, 1 for its second."""
    centre_scale: np.ndarray
    """Centre x trait: the factor by which a centre's level differs from the canonical one."""
    second_machine: np.ndarray
    """Centre x trait: the factor by which the level changes with the centre's second machine, if it ever buys one."""
    drift: np.ndarray
    """Centre x trait x season: wild-type standard deviations by which mutants and controls are shifted alike."""


def breed(consortium: Consortium) -> Colony:
    """Return the mutants of the measured lines and the wild types of every centre."""
    mice = _mice(consortium)
    measured_on = _dates(mice)
    centre = mice["centre_index"].to_numpy()
    equipment = machine_on(measured_on, centre[:, None])
    drift = _drift(consortium.seed, seasons(measured_on))
    z = _deviations(consortium, mice) + drift[centre[:, None], np.arange(len(traits())), seasons(measured_on)]
    scale, second = _centre_scale(consortium.seed), _second_machine(consortium.seed)
    level = scale[centre] * np.where(equipment == 1, second[centre], 1)
    values = np.where(_is_taken(consortium, mice), _values(mice, z, level), np.nan)
    return Colony(mice, values, measured_on, equipment, scale, second, drift)


def machine_on(day: Any, centre_index: Any) -> np.ndarray:
    """Return which machine a centre works with on a day: 0 for its first, 1 for its second.

    >>> machine_on(NEW_EQUIPMENT_ON, np.arange(3)).tolist()
    [0, 1, 0]
    """
    return np.asarray((day >= NEW_EQUIPMENT_ON) & (centre_index % SWAPPING == 1)).astype(int)


def seasons(measured_on: np.ndarray) -> np.ndarray:
    """Return the number of the season of each day: within one, a centre's work does not change.

    >>> seasons(np.array(["2019-01-07", "2019-04-07"], dtype="datetime64[D]")).tolist()
    [0, 1]
    """
    numbers: np.ndarray = (measured_on - FIRST_BIRTH).astype(int) // BATCH_DAYS
    return numbers


def _mice(consortium: Consortium) -> pd.DataFrame:
    """Say who is born when; litters of a line come a week apart, wild types all the time."""
    chance = stream(consortium.seed, "mice")
    mice = _cages(consortium)
    day = chance.integers(0, BIRTH_SPAN_DAYS // 14, len(mice)) * 14
    line_day = chance.integers(0, BIRTH_SPAN_DAYS // 14, len(consortium.lines)) * 14
    litter = chance.integers(0, 3, len(mice))
    born = np.where(mice["line"] == NO_LINE, day, line_day[mice["line"]] + 7 * litter)
    names = [identifier("specimen", consortium.seed, number) for number in mice.index]
    return mice.assign(
        specimen_id=names,
        is_control=mice["line"] == NO_LINE,
        born_on=FIRST_BIRTH + born.astype("timedelta64[D]"),
        litter=litter,
        weight_z=chance.normal(0, 1, len(mice)),
        centre=centres()["centre"].to_numpy()[mice["centre_index"]],
    )


def _cages(consortium: Consortium) -> pd.DataFrame:
    """Count the mutants of every measured line and the wild types of every centre."""
    lines = consortium.lines
    sexes = ("female", "male")
    chosen = lines[lines["is_measured"]]
    mice = [
        (line.Index, sex, line.centre_index, line.stage, line.zygosity)
        for line in rows(chosen)
        for sex, count in zip(sexes, (line.female_count, line.male_count), strict=True)
        for _ in range(count)
    ]
    last = len(consortium.size.tested) - 1
    for centre in range(len(centres())):
        for sex in sexes:
            stages = np.linspace(0, last + 0.99, consortium.size.controls_per_sex).astype(int)
            mice.extend((NO_LINE, sex, centre, stage, "homozygote") for stage in stages)
    return pd.DataFrame(mice, columns=["line", "sex", "centre_index", "stage", "zygosity"])


def _dates(mice: pd.DataFrame) -> np.ndarray:
    """Measure in the week of the procedure; mice of one birth day share their days."""
    weeks = traits()["procedure_id"].map(AGE_WEEKS).to_numpy()
    born = mice["born_on"].to_numpy().astype("datetime64[D]")
    dates: np.ndarray = born[:, None] + (weeks * 7).astype("timedelta64[D]")[None, :]
    return dates


def _deviations(consortium: Consortium, mice: pd.DataFrame) -> np.ndarray:
    """Return mouse x trait deviations from the wild type: body weight, chance, and the line's effect.

    The mean of a line's mice is made to be the estimate that the baseline release publishes.
    """
    chance = stream(consortium.seed, "deviations")
    share = traits()["weight_share"].to_numpy()
    own = chance.normal(0, 1, (len(mice), len(share)))
    z = share * mice["weight_z"].to_numpy()[:, None] + np.sqrt(1 - share**2) * own
    error, _ = method(consortium, BASELINE)
    mutants = np.flatnonzero(~mice["is_control"])
    side = (mice["sex"] == "male").to_numpy().astype(int)
    for line, sex in sorted(set(zip(mice["line"].to_numpy()[mutants], side[mutants], strict=True))):
        members = mutants[(mice["line"].to_numpy()[mutants] == line) & (side[mutants] == sex)]
        target = consortium.effects[line, :, sex] + error[line, :, sex] / np.sqrt(len(members))
        z[members] += target - z[members].mean(axis=0)
    return np.asarray(z)


def _drift(seed: int, season: np.ndarray) -> np.ndarray:
    """Return the drift of centre, trait and season that mutants and controls share."""
    shape = (len(centres()), season.shape[1], season.max() + 1)
    drift: np.ndarray = stream(seed, "batches").normal(0, BATCH_SPREAD, shape)
    return drift


def _centre_scale(seed: int) -> np.ndarray:
    spread = [CENTRE_SPREAD.get(trait, USUAL_SPREAD) for trait in traits()["trait"]]
    scale: np.ndarray = np.exp(stream(seed, "centres").normal(0, spread, (len(centres()), len(spread))))
    # Counts of bones and the length of a test do not depend on who looks.
    scale[:, traits()["trait"].isin(["caudal_vertebrae", "arena_time"])] = 1
    return scale


def _second_machine(seed: int) -> np.ndarray:
    spread = np.where(traits()["kind"] == "constant", 0, EQUIPMENT_SPREAD)
    scale: np.ndarray = np.exp(stream(seed, "equipment").normal(0, spread, (len(centres()), len(spread))))
    scale[:, traits()["trait"] == "caudal_vertebrae"] = 1
    return scale


def _values(mice: pd.DataFrame, z: np.ndarray, level: np.ndarray) -> np.ndarray:
    frame = traits()
    is_female = (mice["sex"] == "female").to_numpy()[:, None]
    mean = np.where(is_female, frame["female_mean"].to_numpy(), frame["male_mean"].to_numpy())
    values = level * np.maximum(mean + frame["sd"].to_numpy() * z, 0.05 * mean)
    seconds = centres()["open_field_seconds"].to_numpy()[mice["centre_index"]][:, None]
    values = np.where(frame["trait"].isin(SUMMED_OVER_TIME), values * seconds / USUAL_SECONDS, values)
    resting = (frame["trait"] == "resting_time").to_numpy()
    return np.asarray(np.where(resting, np.minimum(values, seconds * 0.97), values))


def _is_taken(consortium: Consortium, mice: pd.DataFrame) -> np.ndarray:
    offered = np.zeros((len(centres()), len(traits())), dtype=bool)
    offered[offers()["centre_index"], offers()["trait_index"]] = True
    by_line = consortium.is_measured[mice["line"]] | mice["is_control"].to_numpy()[:, None]
    present = stream(consortium.seed, "taken").random(by_line.shape) < TAKEN
    taken: np.ndarray = offered[mice["centre_index"]] & by_line & present
    return taken
