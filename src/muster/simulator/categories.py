"""What is judged by eye: a category for each mouse, normal more often than not."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from muster.simulator.chance import identifier, stream
from muster.simulator.consortium import Consortium
from muster.simulator.documents import Document, visit
from muster.simulator.specimens import TAKEN, Colony
from muster.simulator.vocabulary import centres, rows, seed, traits
from muster.simulator.writing import table

ABNORMAL, AFFECTED = 0.03, 0.6
"""Chance that a wild type is judged abnormal, and that a mouse is whose driving trait is moved far."""
FAR = 1.0
"""From which effect on the driving trait on, in wild-type standard deviations, a line is affected."""
NOTHING_SAID = "no data"
NOTHING_SAID_SHARE = 0.01
NORMAL = 0
"""What the remapping calls normal; abnormal is 1."""


@cache
def judged() -> tuple[Any, ...]:
    """Return what is judged, as rows."""
    return tuple(rows(seed("categories")))


@cache
def judged_at(centre_index: int) -> tuple[Any, ...]:
    """Return what a centre judges, as rows with the centre's pipeline; `place` is the number of the parameter."""
    centre = centres().iloc[centre_index]
    frame = seed("categories").rename_axis("place").reset_index().assign(pipeline_id=centre["pipeline_id"])
    skipped = frame["skips"].str.split("|").map(lambda names: centre["centre"] in names)
    return tuple(rows(frame[~skipped]))


def abnormal_shares(consortium: Consortium) -> np.ndarray:
    """Return line x parameter x sex: the chance that a mouse of the line is judged abnormal."""
    column = {trait: number for number, trait in enumerate(traits()["trait"])}
    drivers = consortium.effects[:, [column[each.driver] for each in judged()]]
    shares: np.ndarray = np.where(np.abs(drivers) >= FAR, AFFECTED, ABNORMAL)
    return shares


def judgements(consortium: Consortium, colony: Colony) -> np.ndarray:
    """Return mouse x parameter: the category, empty where the mouse was not looked at."""
    mice, chance = colony.mice, stream(consortium.seed, "categories")
    line, side = mice["line"].to_numpy(), (mice["sex"] == "male").to_numpy().astype(int)
    share = np.where(mice["is_control"].to_numpy()[:, None], ABNORMAL, abnormal_shares(consortium)[line, :, side])
    dice, pick, gap, luck = chance.random((4, *share.shape))
    column = {trait: number for number, trait in enumerate(traits()["trait"])}
    found = np.empty(share.shape, dtype=object)
    for place, each in enumerate(judged()):
        moved = np.where(mice["is_control"], 0, consortium.effects[line, column[each.driver], side])
        # Where nothing drives it, either direction is as likely.
        is_up = np.where(np.abs(moved) >= FAR, moved > 0, luck[:, place] < 1 / 2)
        up, down = (np.array(text.split("|"), dtype=object) for text in (each.increased, each.decreased))
        number = pick[:, place]
        abnormal = np.where(is_up, up[(number * len(up)).astype(int)], down[(number * len(down)).astype(int)])
        category = np.where(dice[:, place] < share[:, place], abnormal, each.normal)
        category = np.where(gap[:, place] < NOTHING_SAID_SHARE, NOTHING_SAID, category)
        found[:, place] = np.where(gap[:, place] < TAKEN, category, "")
    return found


def category_documents(colony: Colony, mouse: Any, facts: Document, said: np.ndarray) -> Iterator[Document]:
    """Return the judgements of a mouse; `said` are its categories by parameter."""
    for offer in judged_at(mouse.centre_index):
        if said[offer.place]:
            day = mouse.born_on.to_datetime64().astype("datetime64[D]") + np.timedelta64(7 * int(offer.age_weeks), "D")
            yield {
                **facts,
                **visit(colony, mouse, offer, day),
                "observation_id": identifier("observation", mouse.specimen_id, offer.parameter_id, None),
                "observation_type": "categorical",
                "data_type": "TEXT",
                "category": said[offer.place],
            }


def remapping() -> str:
    """Return IMPReSS's table of what a category means; that nothing was said is not in it."""
    listed: list[tuple[object, ...]] = []
    for each in judged():
        listed.append((each.parameter_id, each.normal, NORMAL))
        abnormal = dict.fromkeys([*each.decreased.split("|"), *each.increased.split("|")])
        listed += [(each.parameter_id, category, 1 - NORMAL) for category in abnormal]
    return table(["IMPRESS ID", "CATEGORY", "CATEGORY"], list(zip(*listed, strict=True)), separator="\t")


def true_shares(consortium: Consortium) -> pd.DataFrame:
    """Return how often a mouse of each published line is truly judged abnormal, by sex."""
    shares = abnormal_shares(consortium)
    lines = consortium.lines
    parts = [
        {
            "colony_id": line.colony_id,
            "centre": line.centre,
            "parameter_id": offer.parameter_id,
            "female_abnormal_share": shares[line.Index, offer.place, 0],
            "male_abnormal_share": shares[line.Index, offer.place, 1],
            "control_abnormal_share": ABNORMAL,
        }
        for line in rows(lines[lines["is_measured"]])
        for offer in judged_at(line.centre_index)
    ]
    return pd.DataFrame(parts)
