"""The images of a release: which observations are one, and their files, each stored once by content."""

import hashlib
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import duckdb
import httpx

from muster.catalog import catalog
from muster.lake import write_text
from muster.mirrors.connection import GONE, Connection
from muster.mirrors.patience import PASSING, TransferError
from muster.reading import formats, radiographs
from muster.reading.malformed import explained
from muster.reading.radiographs import ImageError, Radiograph, read_radiograph

logger = logging.getLogger(__name__)

AT_ONCE = 8
PROGRESS_EVERY = 500
INDEX = "images.jsonl"
SUFFIXES = tuple(radiographs.SUFFIXES.values())
#: Once more from the first byte: the harm may have been done on the way.
TRIES = 2

Record = dict[str, Any]


def chosen_images(observations: formats.Table, image_records: formats.Table) -> list[tuple[str, str]]:
    """Return (observation_id, address) of each X-ray of a declared view and of further media switched on, sorted."""
    further = [suffix for suffix, is_fetched in catalog().images.media.items() if is_fetched]
    views = [f"_{suffix}" for suffix in [*catalog().xray_views, *further]]
    addresses = ["download_url", "jpeg_url"] if catalog().images.source == "original" else ["jpeg_url", "download_url"]
    address = f"coalesce({', '.join(addresses)})"
    # Harwell's ageing pipeline numbers its views otherwise (HAS_XRY_048 is a calibration date).
    wanted = (
        f"select observation_id from ({formats.select(observations)})"
        f" where not starts_with(parameter_stable_id, 'HAS_')"
        f" and list_bool_or(list_transform({views}, lambda view: ends_with(parameter_stable_id, view)))"
    )
    try:
        return _rows(
            f"select distinct observation_id, {address} as address from ({formats.select(image_records)})"
            f" where address is not null and observation_id in ({wanted}) order by all"
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
    """Store each chosen image by its sha256 and return a record for each, sorted; `images.jsonl` has them too.

    An image that is missing, too large or not whole is recorded with its `error`; a mirror that does not answer is an
    error.
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
    facts = ("sha256", "path", "bytes", "error", "format", "width", "height", "bits")
    record: Record = {"observation_id": observation_id, "url": url, **dict.fromkeys(facts)}
    try:
        found = _brought(connection, url)
    except TransferError as error:
        # A mirror in trouble says nothing about this image: what came is kept, and the next run goes on.
        if error.status is None or error.status in PASSING:
            raise
        return {**record, "error": f"the mirror answered {error.status}"}
    except ImageError as error:
        return {**record, "error": f"not a readable image: {error}"}
    if found is None:
        return {**record, "error": "not on the mirror"}
    content, image = found
    digest = hashlib.sha256(content).hexdigest()
    path = f"images/{digest}{radiographs.SUFFIXES[image.format]}"
    if not (folder / path).exists():
        fresh = folder / f"{path}.{observation_id.replace('/', '_')}.part"
        fresh.write_bytes(content)
        fresh.replace(folder / path)
    told = {"format": image.format, "width": image.width, "height": image.height, "bits": image.bits}
    return {**record, "sha256": digest, "path": path, "bytes": len(content), **told}


def _brought(connection: Connection, url: str) -> tuple[bytes, Radiograph] | None:
    """Return an image and what it is, None where there is none."""
    for chance in range(TRIES):
        content = connection.answered(url, _bounded)
        if content is None:
            return None
        try:
            return content, read_radiograph(content, _refuse_size)
        except ImageError as error:
            if chance == TRIES - 1:
                raise
            logger.info("fetch images: %s: %s; once more", url, error)
    return None


def _bounded(answer: httpx.Response) -> bytes | None:
    """Return the body, None where there is none; no more is read than an image may have."""
    if answer.status_code in GONE:
        return None
    largest = catalog().images.largest_bytes
    content = bytearray()
    for block in answer.iter_bytes():
        content += block
        if len(content) > largest:
            raise ImageError(f"found more than {largest:,} bytes; `largest_bytes` in sources.yml allows no more")
    return bytes(content)


def _refuse_size(width: int, height: int) -> None:
    largest = catalog().images.largest_pixels
    if width * height > largest:
        raise ImageError(f"found {width}x{height} pixels; `largest_pixels` in sources.yml allows {largest:,}")


def _noted(journal: Path, folder: Path) -> Iterator[Record]:
    if not journal.exists():
        return
    for line in journal.read_text().splitlines():
        try:
            record: Record = json.loads(line)
        except json.JSONDecodeError:
            # The process ended while it wrote this line: its image is fetched again.
            continue
        # What could not be had may be there by now.
        if record["path"] is not None and (folder / record["path"]).exists():
            yield record
