"""The radiographs of a release as standard pictures with their labels."""

import hashlib
import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from muster import lake
from muster.imaging.standard import standardise
from muster.learners.image_training import UNKNOWN, Examples
from muster.reading.radiographs import ImageError
from muster.settings import settings

logger = logging.getLogger(__name__)

COLUMNS = ("image_id", "specimen_id", "view", "centre", "equipment", "sex", "sha256", "path")
SEXES = {"female": 0, "male": 1}
FEWEST_IMAGES = 40


class NoImagesError(lake.SkippedError):
    """The release has too few usable radiographs to train on."""


@dataclass(frozen=True)
class ImageTable:
    """One row of `rows` and one example per usable radiograph, in the order of image_id."""

    rows: pd.DataFrame
    examples: Examples
    views: tuple[str, ...]
    counts: dict[str, int]
    """Radiographs by what became of them: listed, used, without a file, unreadable."""

    @property
    def sha256(self) -> str:
        """Return the fingerprint of what is trained on."""
        text = self.rows[list(COLUMNS[:-1])].to_csv(index=False)
        return hashlib.sha256(text.encode()).hexdigest()


def read_images(release: str) -> ImageTable:
    """Return the radiographs of the published mart `images`, standardised.

    Raises:
        NoImagesError: counts what is there.
    """
    listed = lake.read(release, "images", ", ".join(COLUMNS)).df().sort_values("image_id", ignore_index=True)
    found = listed[listed["path"].notna() & listed["view"].notna()]
    kept, pictures, areas, flags = [], [], [], []
    for index, path in found["path"].items():
        try:
            standard = standardise((settings().landing / "impc" / release / path).read_bytes())
        except (ImageError, FileNotFoundError) as error:
            logger.warning("image %s is left out: %s", found.at[index, "image_id"], error)
            continue
        kept.append(index)
        pictures.append(standard.pixels)
        areas.append(standard.body_area_pixels)
        flags.append(",".join(standard.flags))
    counts = {"listed": len(listed), "without_file": len(listed) - len(found), "unreadable": len(found) - len(kept)}
    if len(kept) < FEWEST_IMAGES:
        raise NoImagesError(
            f"images of release {release}: {len(kept)} of {len(listed)} are usable; {FEWEST_IMAGES} are needed"
        )
    rows = found.loc[kept].reset_index(drop=True).assign(body_area_pixels=areas, picture_flags=flags)
    views = tuple(sorted(rows["view"].unique()))
    logger.info(
        "%d radiographs of %d mice, %d centres", len(rows), rows["specimen_id"].nunique(), rows["centre"].nunique()
    )
    return ImageTable(rows, _examples(rows, pictures, views), views, {**counts, "used": len(rows)})


def _examples(rows: pd.DataFrame, pictures: list[np.ndarray], views: tuple[str, ...]) -> Examples:
    is_male = rows["sex"].map(SEXES).fillna(UNKNOWN).astype("int64")
    view = rows["view"].map({name: index for index, name in enumerate(views)}).astype("int64")
    pixels = torch.from_numpy(np.stack(pictures))[:, None]
    return Examples(pixels, torch.tensor(is_male.to_numpy()), torch.tensor(view.to_numpy()))
