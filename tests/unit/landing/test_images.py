import io
import json
import shutil
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from PIL import Image

from muster.landing.images import store_images
from muster.mirrors.connection import Connection
from muster.mirrors.discovery import as_url
from muster.mirrors.patience import TransferError
from muster.simulator.faults import Fault
from muster.simulator.server import running


@pytest.fixture
def connection() -> Iterator[Connection]:
    with Connection(1000) as open_connection:
        yield open_connection


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror" / "mi"
    folder.mkdir(parents=True)
    for name, shade in (("1", 10), ("2", 200), ("3", 10)):
        Image.new("L", (8, 8), shade).save(folder / name, format="JPEG")
    (folder / "page").write_text("<html>not an image</html>")
    return tmp_path / "mirror"


def test_equal_images_are_stored_once(connection, mirror: Path, tmp_path: Path) -> None:
    chosen = [("o1", "/mi/1"), ("o2", "//images.example/mi/2"), ("o3", "/mi/3")]

    records = store_images(connection, as_url(f"file:{mirror}"), chosen, tmp_path)

    assert [record["error"] for record in records] == [None, None, None]
    assert records[0]["sha256"] == records[2]["sha256"] != records[1]["sha256"]
    assert len(list((tmp_path / "images").iterdir())) == 2
    assert (tmp_path / records[1]["path"]).read_bytes() == (mirror / "mi" / "2").read_bytes()


def test_what_is_no_image_is_recorded_and_does_not_stop_the_others(connection, mirror: Path, tmp_path: Path) -> None:
    chosen = [("o1", "/mi/page"), ("o2", "/mi/gone"), ("o3", "/mi/1")]

    records = store_images(connection, as_url(f"file:{mirror}"), chosen, tmp_path)

    assert records[0]["error"].startswith("not a readable image")
    assert records[1]["error"] == "not on the mirror"
    assert records[2]["error"] is None


def test_images_that_came_before_a_stop_are_not_asked_for_again(connection, mirror: Path, tmp_path: Path) -> None:
    url = as_url(f"file:{mirror}")
    [first] = store_images(connection, url, [("o1", "/mi/1")], tmp_path)
    (tmp_path / "images.jsonl.part").write_text(json.dumps(first) + '\n{"observation_id": "o2", "ur')
    (mirror / "mi" / "1").unlink()

    records = store_images(connection, url, [("o1", "/mi/1"), ("o2", "/mi/2")], tmp_path)

    assert [record["error"] for record in records] == [None, None]
    assert len((tmp_path / "images.jsonl").read_text().splitlines()) == 2


def test_a_cut_image_is_no_image(connection, mirror: Path, tmp_path: Path) -> None:
    whole = io.BytesIO()
    Image.effect_noise((64, 64), 80).save(whole, format="JPEG")
    (mirror / "mi" / "cut").write_bytes(whole.getvalue()[:500])

    [record] = store_images(connection, as_url(f"file:{mirror}"), [("o1", "/mi/cut")], tmp_path)

    assert record["error"].startswith("not a readable image")


def test_an_image_that_was_lacking_is_asked_for_again(connection, mirror: Path, tmp_path: Path) -> None:
    url = as_url(f"file:{mirror}")
    [lacking] = store_images(connection, url, [("o1", "/mi/late")], tmp_path)
    (tmp_path / "images.jsonl.part").write_text(json.dumps(lacking) + "\n")
    shutil.copy(mirror / "mi" / "1", mirror / "mi" / "late")

    [record] = store_images(connection, url, [("o1", "/mi/late")], tmp_path)

    assert (lacking["error"], record["error"]) == ("not on the mirror", None)


def test_a_mirror_in_trouble_is_no_fault_of_its_images(mirror: Path, tmp_path: Path) -> None:
    with (
        running(mirror, faults=[Fault("/mi/1", status=HTTPStatus.SERVICE_UNAVAILABLE)]) as url,
        Connection(1000, attempts=1) as hurried,
        pytest.raises(TransferError, match="503"),
    ):
        store_images(hurried, url, [("o1", "/mi/1")], tmp_path)
