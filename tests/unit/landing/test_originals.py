"""Images as centres file them come over HTTP, whole or with the reason why not."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from muster.catalog import Images, catalog
from muster.imaging.standard import standardise
from muster.landing import images
from muster.landing.images import chosen_images, store_images
from muster.mirrors.connection import Connection
from muster.reading import formats


@pytest.fixture
def connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    monkeypatch.setattr("muster.mirrors.patience.LONGEST_WAIT", 0.01)
    with Connection(10_000) as open_connection:
        yield open_connection


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give a function that declares which images are fetched."""

    def declared(**facts: object) -> None:
        known = catalog().model_copy(update={"images": Images.model_validate(facts)})
        monkeypatch.setattr(images, "catalog", lambda: known)

    return declared


def tables(folder: Path) -> list[formats.Table]:
    return [
        formats.table(name, source, sorted((folder / "release-23.0" / source.eras[0].path).glob("*.gz")))
        for name, source in catalog().files.items()
        if name in ("observations", "image_records")
    ]


@contextmanager
def answering(*bodies: bytes) -> Iterator[tuple[str, list[str]]]:
    """Serve these bodies one after the other, the last one for ever; give the URL and what was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = bodies[min(len(asked), len(bodies)) - 1]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def jpeg() -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((64, 48), 80).save(stream, format="JPEG")
    return stream.getvalue()


def test_originals_of_every_format_land_and_the_broken_ones_say_why(
    connection: Connection, declare, tiny_mirror, tmp_path: Path
) -> None:
    declare(source="original")
    truth = pd.read_csv(tiny_mirror.folder / "truth" / "images.csv").set_index("observation_id")
    chosen = chosen_images(*tables(tiny_mirror.folder / "all-data-releases"))

    records = pd.DataFrame(store_images(connection, tiny_mirror.url, chosen, tmp_path)).set_index("observation_id")

    kinds = truth["original"].reindex(records.index)
    expected = {
        "dicom": ("DICOM", 12, ".dcm"),
        "dicom, monochrome1": ("DICOM", 12, ".dcm"),
        "tiff": ("TIFF", 8, ".tif"),
        "tiff, 16 bits": ("TIFF", 16, ".tif"),
        "png": ("PNG", 8, ".png"),
        "jpeg": ("JPEG", 8, ".jpg"),
    }
    for kind, (name, bits, suffix) in expected.items():
        stored = records[kinds == kind]
        assert len(stored) >= 1, kind
        assert set(stored["format"]) == {name}
        assert set(stored["bits"]) == {bits}
        assert all((tmp_path / path).suffix == suffix for path in stored["path"])
    assert "damaged file" in records.loc[kinds == "cut dicom", "error"].item()
    assert "starts with 3c 21 44 4f" in records.loc[kinds == "web page", "error"].item()
    assert records["error"].notna().sum() == 2


def test_the_animal_is_the_same_in_the_original_and_in_the_rendered_picture(tiny_mirror) -> None:
    place = tiny_mirror.folder / "mi/media/omero/webgateway"
    truth = pd.read_csv(tiny_mirror.folder / "truth" / "images.csv").set_index("original")["omero_id"]

    for kind in ("dicom", "dicom, monochrome1", "tiff", "tiff, 16 bits", "png"):
        rendered = standardise((place / "render_image" / str(truth[kind])).read_bytes())
        original = standardise((place / "archived_files/download" / str(truth[kind])).read_bytes())
        np.testing.assert_allclose(original.pixels, rendered.pixels, atol=0.01)


def test_further_media_are_fetched_where_they_are_switched_on(declare, tmp_path: Path) -> None:
    lines = [
        {"observation_id": "o1", "parameter_stable_id": "IMPC_ALZ_075_001"},
        {"observation_id": "o2", "parameter_stable_id": "IMPC_XRY_034_001"},
        {"observation_id": "o3", "parameter_stable_id": "HAS_XRY_034_001"},
    ]
    observed = [catalog().files["observations"].model_copy(update={"required": ["observation_id"]})]
    records = [{"observation_id": f"o{n}", "jpeg_url": f"/j/{n}", "download_url": f"/d/{n}"} for n in (1, 2, 3)]
    (tmp_path / "o.json").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    (tmp_path / "r.json").write_text("".join(f"{json.dumps(line)}\n" for line in records))
    observations = formats.table("observations", observed[0], [tmp_path / "o.json"])
    image_records = formats.table("image_records", catalog().files["image_records"], [tmp_path / "r.json"])

    assert chosen_images(observations, image_records) == [("o2", "/j/2")]

    declare(source="original", media={"ALZ_075_001": True})
    assert chosen_images(observations, image_records) == [("o1", "/d/1"), ("o2", "/d/2")]


def test_an_image_that_came_cut_is_asked_for_once_more(connection: Connection, tmp_path: Path) -> None:
    whole = jpeg()
    with answering(whole[:700], whole) as (url, asked):
        [record] = store_images(connection, url, [("o1", "/x")], tmp_path)

    assert record["error"] is None
    assert (record["format"], record["width"], record["height"], record["bits"]) == ("JPEG", 64, 48, 8)
    assert (tmp_path / record["path"]).read_bytes() == whole
    assert asked == ["/x", "/x"]


def test_an_image_that_stays_cut_is_recorded_and_nothing_of_it_is_kept(connection: Connection, tmp_path: Path) -> None:
    with answering(jpeg()[:700]) as (url, asked):
        [record] = store_images(connection, url, [("o1", "/x")], tmp_path)

    assert record["error"].startswith("not a readable image: found a damaged file")
    assert len(asked) == 2
    assert list((tmp_path / "images").iterdir()) == []


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [({"largest_bytes": 500}, "found more than 500 bytes"), ({"largest_pixels": 3000}, "found 64x48 pixels")],
)
def test_an_image_beyond_the_declared_size_is_not_kept(
    connection: Connection, declare, tmp_path: Path, bounds: dict[str, int], reason: str
) -> None:
    declare(**bounds)
    with answering(jpeg()) as (url, _):
        [record] = store_images(connection, url, [("o1", "/x")], tmp_path)

    assert reason in record["error"]
    assert list((tmp_path / "images").iterdir()) == []
