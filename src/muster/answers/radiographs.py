"""Radiographs: the network of an xray model, asked one upload at a time."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muster.answers.errors import BadImageError
from muster.learners.image_network import ImageModel, load, predict
from muster.reading.radiographs import ImageError


@dataclass(frozen=True)
class Radiographs:
    """A network ready to look."""

    model: ImageModel

    def look_at(self, content: bytes) -> dict[str, Any]:
        """Return what the network sees in the bytes of a file.

        Raises:
            BadImageError: not a radiograph that can be read.
        """
        try:
            return predict(self.model, content)
        except ImageError as error:
            # Their message reads "found ...; expected ...".
            found, _, expected = str(error).partition("; expected ")
            raise BadImageError(found.removeprefix("found "), expected or "a radiograph") from error


def read(folder: Path) -> Radiographs:
    """Return the network of a model folder."""
    return Radiographs(load(folder))
