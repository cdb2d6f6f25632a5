import json
from pathlib import Path

from muster.mirrors.discovery import as_url
from muster.mirrors.partial import Remote


def test_a_folder_answers_like_a_server(connection, tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "x.gz").write_bytes(b"content")
    place = as_url(f"file:{tmp_path}")

    assert connection.names(f"{place}/") == ["a b/"]
    assert connection.names(f"{place}/a%20b/") == ["x.gz"]
    assert connection.content(f"{place}/a%20b/x.gz") == b"content"
    assert connection.describe("y", f"{place}/y") is None
    assert connection.describe("x.gz", f"{place}/a%20b/x.gz").bytes == 7


def test_a_copy_goes_on_where_it_stopped(connection, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0123456789")
    url = f"{as_url(f'file:{tmp_path}')}/x"
    etag = connection.describe("x", url).etag
    (tmp_path / "y.part").write_bytes(b"0123")
    (tmp_path / "y.part.json").write_text(json.dumps({"etag": etag, "last_modified": None}))

    connection.download(Remote("x", url), tmp_path / "y")

    assert (tmp_path / "y").read_bytes() == b"0123456789"
