"""Train, evaluate, load and ask the network that reads sex and view from a radiograph."""

import hashlib
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from pydantic import TypeAdapter
from safetensors.torch import load_file, save_file

from muster import lake
from muster.catalog import column_name
from muster.imaging.standard import HEIGHT, WIDTH, standardise
from muster.learners.fitted import Fitted
from muster.learners.image_evaluation import Array, baselines, figures, folds_of, mouse_accuracy, suspicions
from muster.learners.image_table import ImageTable, read_images
from muster.learners.image_training import Network, Recipe, fit, losses_of, probabilities, reproducible
from muster.learners.source import source_hash
from muster.settings import settings
from muster.specs import ModelSpec

logger = logging.getLogger(__name__)

#: The number of threads belongs to the process: two requests at once would take it from each other.
ONE_AT_A_TIME = Lock()


class ModelFormatError(RuntimeError):
    """A model folder that this code cannot use."""


@dataclass(frozen=True)
class ImageModel:
    """A trained network and the names of what it can see."""

    network: Network
    views: tuple[str, ...]


@dataclass(frozen=True)
class HeldOut:
    """What networks say about pictures of mice (or centres) they were not trained on."""

    male: Array
    view: Array
    """One column a view."""

    def named(self, views: tuple[str, ...]) -> NDArray[np.str_]:
        """Return the likeliest view of each picture."""
        named: NDArray[np.str_] = np.array(views)[self.view.argmax(axis=1)]
        return named


@dataclass(frozen=True)
class Job:
    """Several networks trained on parts of the same pictures."""

    table: ImageTable
    recipe: Recipe
    seed: int
    workshop: Path
    device: str

    def network(self, name: str, is_seen: NDArray[np.bool_]) -> Network:
        """Return the network trained on some of the pictures."""
        logger.info("train %s: %d radiographs, %d epochs", name, is_seen.sum(), self.recipe.epochs_for(is_seen.sum()))
        return fit(
            self.table.examples.at(torch.from_numpy(np.flatnonzero(is_seen))),
            self.recipe,
            view_count=len(self.table.views),
            seed=self.seed,
            checkpoint=self.workshop / f"{name}.safetensors",
            device=self.device,
        )

    def held_out(self, name: str, fold: NDArray[np.int64]) -> HeldOut:
        """Return for every picture what the network says that has not seen its fold."""
        male, view = np.zeros(len(fold)), np.zeros((len(fold), len(self.table.views)))
        for part in np.unique(fold):
            network = self.network(f"{name}-{part}", fold != part)
            is_asked = fold == part
            with reproducible():
                found = probabilities(network, self.table.examples.pixels[torch.from_numpy(is_asked)])
            male[is_asked], view[is_asked] = found[0].numpy(), found[1].numpy()
        return HeldOut(male, view)


def fit_and_evaluate(spec: ModelSpec, release: str, target: Path, *, device: str) -> Fitted:
    """Train on every radiograph of a release, evaluate on mice and on centres held out; write the model to `target`.

    Every epoch is kept in the workspace until the end: a killed fit goes on and ends in the same bytes.
    """
    table = read_images(release)
    workshop = settings().workspace / "training" / _fingerprint(spec, table, device)
    recipe = TypeAdapter(Recipe).validate_python(spec.params)
    job = Job(table, recipe, spec.split.seed, workshop, device)
    by_mouse, metrics = _evaluate(job, spec.split.folds)
    model = ImageModel(job.network("all", np.ones(len(table.rows), dtype=bool)), table.views)
    _write(model, target)
    _predictions(table, by_mouse, model).to_parquet(target / "predictions.parquet", index=False)
    curves = {path.stem: losses_of(path) for path in sorted(workshop.glob("*.safetensors"))}
    lake.write_json(target / "learning_curve.json", curves)
    rmtree(workshop)
    return Fitted(metrics=metrics, rows=len(table.rows), training_table_sha256=table.sha256)


def load(folder: Path) -> ImageModel:
    """Return the model of a registry folder, on the CPU.

    Raises:
        ModelFormatError: the pictures it was trained on had another size.
    """
    config = json.loads((folder / "config.json").read_text())
    if (config["height"], config["width"]) != (HEIGHT, WIDTH):
        size = f"{config['height']}x{config['width']}"
        raise ModelFormatError(
            f"{folder}: trained on pictures of {size}, this code makes {HEIGHT}x{WIDTH}; train again"
        )
    network = Network(len(config["views"]))
    network.load_state_dict(load_file(folder / "model.safetensors"))
    return ImageModel(network.eval(), tuple(config["views"]))


def predict(model: ImageModel, image: bytes) -> dict[str, Any]:
    """Return what the network sees in a picture, and what was done to the picture before.

    Raises:
        ImageError: what was found and what is expected.
    """
    standard = standardise(image)
    male, views = _look(model, torch.from_numpy(standard.pixels))
    return {
        "width": standard.width,
        "height": standard.height,
        "sex": {"female": 1 - male, "male": male},
        "view": dict(zip(model.views, views, strict=True)),
        "rotation_degrees": round(standard.rotation_degrees, 1),
        "crop": list(standard.crop),
        "body_area_pixels": standard.body_area_pixels,
        "flags": list(standard.flags),
    }


def _look(model: ImageModel, pixels: torch.Tensor) -> tuple[float, list[float]]:
    """Return p(male) and p(view) of one picture: alone, on one thread, so that the answer never depends on company."""
    with ONE_AT_A_TIME, reproducible():
        male, views = probabilities(model.network, pixels[None, None])
    return float(male[0]), views[0].tolist()


def _fingerprint(spec: ModelSpec, table: ImageTable, device: str) -> str:
    """Return the name of the workshop: checkpoints are taken up only for the very same training."""
    told = json.dumps([table.sha256, spec.params, spec.split.model_dump(), device], sort_keys=True)
    digest = hashlib.sha256(told.encode())
    digest.update(table.examples.pixels.numpy().tobytes())
    digest.update(source_hash(__name__).encode())
    return f"xray-{digest.hexdigest()[:12]}"


def _evaluate(job: Job, folds: int) -> tuple[HeldOut, dict[str, Any]]:
    """Return the answers on mice held out, and all metrics."""
    rows, seed = job.table.rows, job.seed
    fold = folds_of(rows["specimen_id"], folds, seed=seed)
    by_mouse = job.held_out("mice", fold)
    model: dict[str, Any] = figures(rows, by_mouse.male, by_mouse.named(job.table.views), seed=seed)
    model["sex_accuracy_of_mice"] = mouse_accuracy(rows, by_mouse.male, seed=seed)
    centres = int(rows["centre"].nunique())
    if centres > 1:
        parts = folds_of(rows["centre"], min(job.recipe.centre_groups, centres), seed=seed)
        by_centre = job.held_out("centres", parts)
        named = by_centre.named(job.table.views)
        model |= figures(rows, by_centre.male, named, seed=seed, suffix="_held_out_centre")
    metrics = {
        "held_out": {
            "by": "specimen",
            "n": len(rows),
            "mice": int(rows["specimen_id"].nunique()),
            "folds": folds,
            "centres": centres,
        },
        "model": model,
        "baselines": baselines(rows, fold, seed=seed),
        "images": job.table.counts,
    }
    return by_mouse, metrics


def _write(model: ImageModel, target: Path) -> None:
    weights = {name: value.cpu().contiguous() for name, value in model.network.state_dict().items()}
    save_file(weights, target / "model.safetensors")
    model.network.cpu()
    lake.write_json(target / "config.json", {"views": model.views, "height": HEIGHT, "width": WIDTH})


def _predictions(table: ImageTable, held_out: HeldOut, model: ImageModel) -> pd.DataFrame:
    """Return one row per radiograph: what a network says that had not seen its mouse, and the one that serves."""
    rows = table.rows
    found = held_out.named(table.views)
    declared = rows["view"].map({name: index for index, name in enumerate(table.views)})
    by_view = {f"p_{column_name(name)}": held_out.view[:, index] for index, name in enumerate(table.views)}
    served = [_look(model, pixels[0])[0] for pixels in table.examples.pixels]
    return pd.DataFrame(
        {
            **rows[["image_id", "specimen_id", "centre", "sex", "view"]],
            "p_male": held_out.male,
            "found_view": found,
            "p_declared_view": held_out.view[np.arange(len(rows)), declared],
            **by_view,
            "served_p_male": served,
            "is_held_out": True,
            "flags": suspicions(rows, held_out.male, found, held_out.view.max(axis=1)),
            "picture_flags": rows["picture_flags"],
        }
    )
