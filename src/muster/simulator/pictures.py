"""Radiographs: which mice are pictured, what is recorded about the pictures, and the pictures themselves."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from muster.catalog import catalog
from muster.simulator.chance import identifier, stream
from muster.simulator.consortium import Consortium
from muster.simulator.documents import Document, experiment, offers_of, who
from muster.simulator.originals import original_kinds, write_original
from muster.simulator.specimens import Colony
from muster.simulator.vocabulary import rows, traits
from muster.simulator.xray import Phantom, render

VIEWS = {
    "XRY_034_001": "XRay Images Whole Body Dorso Ventral",
    "XRY_048_001": "XRay Images Whole Body Lateral Orientation",
}
MISFILED = 0.03
OMERO = "/mi/media/omero/webgateway"
FIRST_OMERO_ID = 900_001


def radiographs(consortium: Consortium, colony: Colony) -> pd.DataFrame:
    """Return one row per picture: mouse, what it shows, what it is filed as, and the body behind it."""
    chance = stream(consortium.seed, "radiographs")
    bones = int(traits().index[traits()["trait"] == "caudal_vertebrae"][0])
    pictured = np.flatnonzero(~np.isnan(colony.values[:, bones]))
    chosen = np.sort(chance.choice(pictured, size=min(len(pictured), consortium.size.radiographed_mice), replace=False))
    frame = pd.DataFrame({"mouse": np.repeat(chosen, len(VIEWS)), "shown": list(VIEWS) * len(chosen)})
    mice = colony.mice.iloc[frame["mouse"]].reset_index(drop=True)
    vertebrae = np.rint(colony.values[frame["mouse"], bones]).astype(int)
    weight = colony.values[frame["mouse"], 0]
    usual = np.where(mice["sex"] == "female", *(traits().iloc[0][name] for name in ("female_mean", "male_mean")))
    swapped = _misfiled(len(chosen), chance)
    other = dict(zip(VIEWS, reversed(VIEWS), strict=True))
    frame = frame.assign(
        filed=np.where(np.repeat(swapped, len(VIEWS)), frame["shown"].map(other), frame["shown"]),
        specimen_id=mice["specimen_id"],
        sex=mice["sex"],
        centre=mice["centre"],
        centre_index=mice["centre_index"],
        stage=mice["stage"],
        is_control=mice["is_control"],
        weight_grams=np.round(np.where(np.isnan(weight), usual, weight), 2),
        caudal_vertebrae=vertebrae,
        is_abnormal=_is_abnormal(consortium, mice["line"].to_numpy(), bones),
        omero_id=FIRST_OMERO_ID + frame.index,
    )
    names = zip(frame["specimen_id"], frame["omero_id"], strict=True)
    filed_as = original_kinds(frame["stage"].to_numpy())
    return frame.assign(observation_id=[identifier("picture", *name) for name in names], original=filed_as)


def _misfiled(count: int, chance: np.random.Generator) -> np.ndarray:
    """Mark the mice whose two views were filed the wrong way round: some at least, or there is nothing to find."""
    swapped = np.zeros(count, dtype=bool)
    swapped[chance.choice(count, size=max(2, round(MISFILED * count)), replace=False)] = True
    return swapped


def _is_abnormal(consortium: Consortium, line: np.ndarray, bones: int) -> np.ndarray:
    shift = np.abs(consortium.effects[line, bones]).max(axis=1)
    abnormal: np.ndarray = (line >= 0) & (shift > 1)
    return abnormal


def picture_documents(consortium: Consortium, colony: Colony, pictures: pd.DataFrame) -> dict[int, list[Document]]:
    """Return the observations of the pictures, by mouse."""
    documents: dict[int, list[Document]] = {}
    mice = rows(colony.mice)
    for picture in pictures.to_dict("records"):
        mouse = mice[picture["mouse"]]
        offer = next(offer for offer in offers_of(picture["centre_index"]) if offer.trait == "caudal_vertebrae")
        common = {**who(consortium, mouse), **experiment(colony, mouse, offer)}
        filed = picture["filed"]
        own = {
            "observation_id": picture["observation_id"],
            "observation_type": "image_record",
            "data_type": "IMAGE",
            "parameter_stable_id": f"IMPC_{filed}",
            "parameter_name": VIEWS[filed],
        }
        documents.setdefault(picture["mouse"], []).append(common | own)
    return documents


def picture_records(pictures: pd.DataFrame) -> list[dict[str, Any]]:
    """Return where each picture lies."""
    return [
        {
            "observationId": picture.observation_id,
            "parameterId": identifier("parameter", f"IMPC_{picture.filed}"),
            "observationType": "image_record",
            "downloadUrl": f"{OMERO}/archived_files/download/{picture.omero_id}",
            "jpegUrl": f"{OMERO}/render_image/{picture.omero_id}",
            "thumbnailUrl": f"{OMERO}/render_birds_eye_view/{picture.omero_id}",
            "omeroId": picture.omero_id,
            "incrementValue": "1",
        }
        for picture in pictures.itertuples()
    ]


def write_pictures(consortium: Consortium, pictures: pd.DataFrame, folder: Path) -> None:
    """Draw every picture as the view it truly shows, and beside it what the centre filed."""
    place = folder / OMERO.removeprefix("/") / "render_image"
    originals = folder / OMERO.removeprefix("/") / "archived_files" / "download"
    for each in (place, originals):
        each.mkdir(parents=True)
    views = catalog().xray_views
    for picture in pictures.to_dict("records"):
        phantom = Phantom(
            specimen_id=picture["specimen_id"],
            sex=picture["sex"],
            weight_grams=picture["weight_grams"],
            view=views[picture["shown"]],
            caudal_vertebrae=picture["caudal_vertebrae"],
            is_abnormal=picture["is_abnormal"],
            centre=picture["centre"],
            centre_index=picture["centre_index"],
            seed=consortium.seed,
        )
        path = place / str(picture["omero_id"])
        path.write_bytes(render(phantom, height=consortium.size.image_height))
        write_original(picture["original"], path, originals / path.name)
