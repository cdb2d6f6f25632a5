"""The X-ray images of a release: which observations are one, and their files, each stored once by content."""

import hashlib
import io
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import duckdb
from PIL import Image, UnidentifiedImageError

from muster.catalog import catalog
from muster.lake import write_text
from muster.mirrors.connection import Connection
from muster.mirrors.patience import TransferError
from muster.reading import formats
from muster.reading.malformed import explained

logger = logging.getLogger(__name__)

AT_ONCE = 8
PROGRESS_EVERY = 500
INDEX = "images.jsonl"

Record = dict[str, Any]


def chosen_images(observations: formats.Table, image_records: formats.Table) -> list[tuple[str, str]]:
    """Return (observation_id, address) of each X-ray of a declared view, sorted."""
    views = [f"_{suffix}" for suffix in catalog().xray_views]
    # Harwell's ageing pipeline numbers its views otherwise (HAS_XRY_048 is a calibration date).
    wanted = (
        f"select observation_id from ({formats.select(observations)})"
        f" where not starts_with(parameter_stable_id, 'HAS_')"
        f" and list_bool_or(list_transform({views}, lambda view: ends_with(parameter_stable_id, view)))"
    )
    try:
        return _rows(
            f"select distinct observation_id, jpeg_url from ({formats.select(image_records)})"
            f" where jpeg_url is not null and observation_id in ({wanted}) order by all"
        )
    except duckdb.Error as error:
        raise explained(error, [*observations.paths, *image_records.paths]) from error


def _rows(sql: str) -> list[tuple[str, str]]:
    with duckdb.connect() as connection:
        return connection.execute(sql).fetchall()


def image_url(mirror_url: str, address: str) -> str:
    """Return where an image lies: addresses are often relative to the mirror or without a scheme.

    >>> image_url("http://m/impc", "/mi/1"), image_url("https://m", "//o/mi/1"), image_url("file:///d", "//o/mi/1")
    ('http://m/mi/1', 'https://o/mi/1', 'file:///d/mi/1')
    """
    if mirror_url.startswith("file:"):
        return mirror_url + urlsplit(address).path
    return urljoin(f"{mirror_url}/", address)


def store_images(connection: Connection, mirror_url: str, chosen: list[tuple[str, str]], folder: Path) -> list[Record]:
    """Store each chosen image as `images/<sha256>.jpg` and return a record for each, sorted; also in `images.jsonl`.

    An image that is missing or not a JPEG is recorded with its `error`; a mirror that does not answer is an error.
    """
    (folder / "images").mkdir(exist_ok=True)
    wanted = [(observation_id, image_url(mirror_url, address)) for observation_id, address in chosen]
    journal = folder / f"{INDEX}.part"
    records = {(record["observation_id"], record["url"]): record for record in _noted(journal, folder)}
    missing = [image for image in wanted if image not in records]
    with journal.open("a") as log, _pool() as pool:
        fetched = pool.map(lambda image: _store(connection, image[0], image[1], folder), missing)
        for done, record in enumerate(fetched, start=len(records) + 1):
            records[record["observation_id"], record["url"]] = record
            log.write(json.dumps(record, sort_keys=True) + "\n")
            log.flush()
            if done % PROGRESS_EVERY == 0:
                logger.info("fetch images: %d of %d", done, len(chosen))
    ordered = [records[image] for image in wanted]
    write_text(folder / INDEX, "".join(json.dumps(record, sort_keys=True) + "\n" for record in ordered))
    return ordered


@contextmanager
def _pool() -> Iterator[ThreadPoolExecutor]:
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        yield pool
    finally:
        # On an error, whatever waits is not begun.
        pool.shutdown(cancel_futures=True)


def _store(connection: Connection, observation_id: str, url: str, folder: Path) -> Record:
    record: Record = {
        "observation_id": observation_id,
        "url": url,
        "sha256": None,
        "path": None,
        "bytes": None,
        "error": None,
    }
    try:
        content = connection.content(url)
        if content is None:
            return {**record, "error": "not on the mirror"}
        _check_jpeg(content)
    except TransferError as error:
        if error.status is None:
            raise
        return {**record, "error": f"the mirror answered {error.status}"}
    except (UnidentifiedImageError, OSError, ValueError) as error:
        return {**record, "error": f"not a readable JPEG: {error}"}
    digest = hashlib.sha256(content).hexdigest()
    path = f"images/{digest}.jpg"
    if not (folder / path).exists():
        fresh = folder / f"{path}.{observation_id.replace('/', '_')}.part"
        fresh.write_bytes(content)
        fresh.replace(folder / path)
    return {**record, "sha256": digest, "path": path, "bytes": len(content)}


def _check_jpeg(content: bytes) -> None:
    with Image.open(io.BytesIO(content), formats=["JPEG"]) as image:
        image.load()


def _noted(journal: Path, folder: Path) -> Iterator[Record]:
    if not journal.exists():
        return
    for line in journal.read_text().splitlines():
        try:
            record: Record = json.loads(line)
        except json.JSONDecodeError:
            # The process ended while it wrote this line: its image is fetched again.
            continue
        if record["path"] is None or (folder / record["path"]).exists():
            yield record
