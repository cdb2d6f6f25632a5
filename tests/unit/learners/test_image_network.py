import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from muster.learners.fitted import Fitted
from muster.learners.image_network import fit_and_evaluate, load, predict
from muster.learners.image_table import NoImagesError
from muster.reading.radiographs import ImageError
from muster.settings import settings
from muster.simulator.xray import DORSO_VENTRAL, LATERAL, Phantom, render
from muster.specs import ModelSpec, Split, load_spec

VIEWS = (DORSO_VENTRAL, LATERAL)
MICE = 56
MISFILED, NAMELESS = 3, 5


@dataclass(frozen=True)
class Trained:
    fitted: Fitted
    folder: Path
    radiographs: list[tuple[Phantom, bytes]]


def phantoms() -> list[Phantom]:
    chance = np.random.default_rng(11)
    sexes = ["male" if is_male else "female" for is_male in chance.integers(2, size=MICE)]
    weights = chance.normal(24, 2.5, size=MICE) + [2 if sex == "male" else -2 for sex in sexes]
    return [
        Phantom(f"mouse-{n}", sexes[n], float(weights[n]), view, 28, False, f"centre-{n % 4}", n % 4, 7)
        for n in range(MICE)
        for view in VIEWS
    ]


def publish(folder: Path, radiographs: list[tuple[Phantom, bytes]]) -> None:
    rows = []
    for number, (phantom, image) in enumerate(radiographs):
        sha256 = hashlib.sha256(image).hexdigest()
        path = settings().landing / "impc" / "22.0" / "images" / f"{sha256}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(image)
        is_misfiled = number == 2 * MISFILED
        rows.append(
            {
                "image_id": f"image-{number:03}",
                "specimen_id": phantom.specimen_id,
                "view": LATERAL if is_misfiled else phantom.view,
                "centre": phantom.centre,
                "equipment": "Faxitron",
                "sex": "no_data" if number == 2 * NAMELESS else phantom.sex,
                "sha256": sha256,
                "path": f"images/{sha256}.jpg" if number else None,
            }
        )
    pd.DataFrame(rows).to_parquet(folder / "images.parquet")


def spec(**params: object) -> ModelSpec:
    known = load_spec("xray")
    return known.model_copy(update={"params": {**known.params, **params}, "split": Split(by="specimen", folds=2)})


@pytest.fixture
def landed(tmp_path: Path, publish_marts: Callable[..., Path]) -> list[tuple[Phantom, bytes]]:
    radiographs = [(phantom, render(phantom, height=128)) for phantom in phantoms()]
    publish(tmp_path, radiographs)
    publish_marts("22.0", images=f"from read_parquet('{tmp_path / 'images.parquet'}')")
    return radiographs


@pytest.fixture
def trained(tmp_path: Path, landed: list[tuple[Phantom, bytes]]) -> Trained:
    folder = tmp_path / "model"
    folder.mkdir()
    return Trained(fit_and_evaluate(spec(fewest_steps=90), "22.0", folder, device="cpu"), folder, landed)


def test_the_network_learns_sex_and_view_finds_what_is_misfiled_and_answers_alone_as_in_company(
    trained: Trained,
) -> None:
    metrics = trained.fitted.metrics
    predictions = pd.read_parquet(trained.folder / "predictions.parquet").set_index("image_id")
    model = load(trained.folder)

    assert metrics["model"]["view_accuracy"][0] > 0.95
    best_baseline = max(figures["sex_accuracy"][0] for figures in metrics["baselines"].values())
    assert metrics["model"]["sex_accuracy"][0] > best_baseline
    assert metrics["model"]["sex_accuracy_held_out_centre"][0] > 0.6
    assert metrics["images"] == {"listed": 2 * MICE, "without_file": 1, "unreadable": 0, "used": 2 * MICE - 1}
    assert "suspected_wrong_view" in predictions.at[f"image-{2 * MISFILED:03}", "flags"]
    assert sorted(json.loads((trained.folder / "learning_curve.json").read_text())) == [
        "all", "centres-0", "centres-1", "mice-0", "mice-1"
    ]  # fmt: skip

    for number in (1, 30, 71):
        answer = predict(model, trained.radiographs[number][1])
        assert answer["sex"]["male"] == predictions.at[f"image-{number:03}", "served_p_male"]
        assert max(answer["view"], key=answer["view"].get) == trained.radiographs[number][0].view

    padded = np.pad(np.asarray(Image.open(BytesIO(trained.radiographs[30][1]))), ((50, 10), (0, 80)))
    stream = BytesIO()
    Image.fromarray(padded).save(stream, format="PNG")
    answer = predict(model, stream.getvalue())
    assert answer["sex"]["male"] == pytest.approx(predictions.at["image-030", "served_p_male"], abs=1e-4)
    with pytest.raises(ImageError, match="expected JPEG, PNG, TIFF"):
        predict(model, b"not a picture")


def test_a_fit_runs_twice_to_the_same_bytes_and_leaves_no_workshop(
    tmp_path: Path, landed: list[tuple[Phantom, bytes]], publish_marts: Callable[..., Path]
) -> None:
    publish(tmp_path, landed[:60])
    publish_marts("22.0", images=f"from read_parquet('{tmp_path / 'images.parquet'}')")
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        folder.mkdir()
        fit_and_evaluate(spec(epochs=1, fewest_steps=1), "22.0", folder, device="cpu")

    for name in ("model.safetensors", "predictions.parquet", "config.json", "learning_curve.json"):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()
    assert list((settings().workspace / "training").iterdir()) == []


def test_a_release_with_too_few_radiographs_is_skipped_with_the_count(
    tmp_path: Path, publish_marts: Callable[..., Path]
) -> None:
    few = [(replace(phantoms()[0], specimen_id=str(n)), bytes([n])) for n in range(3)]
    publish(tmp_path, few)
    publish_marts("22.0", images=f"from read_parquet('{tmp_path / 'images.parquet'}')")

    with pytest.raises(NoImagesError, match="0 of 3 are usable"):
        fit_and_evaluate(spec(), "22.0", tmp_path, device="cpu")
