"""Local folders answered as a web server would: one code path for `file:` and HTTP, resume included."""

import os
from collections.abc import Iterator, Sequence
from email.utils import formatdate
from html import escape
from pathlib import Path
from urllib.parse import quote, unquote

import httpx

BLOCK = 1 << 20


class FolderTransport(httpx.BaseTransport):
    """Answers `file:` URLs: files with ETag and Range, folders as a listing; outside of `folders` there is nothing."""

    def __init__(self, folders: Sequence[Path] | None = None) -> None:
        self.folders = folders

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer GET and HEAD."""
        # Without `..`, but with the links that the owner of a folder put into it.
        path = Path(os.path.normpath(unquote(request.url.path)))
        if self.folders is not None and not any(path.is_relative_to(folder) for folder in self.folders):
            return httpx.Response(404)
        if path.is_dir():
            return httpx.Response(200, html=_listing(path))
        if not path.is_file():
            return httpx.Response(404)
        state = path.stat()
        etag = f'"{state.st_mtime_ns:x}-{state.st_size:x}"'
        start = _start(request, etag)
        headers = {
            "ETag": etag,
            "Last-Modified": formatdate(state.st_mtime, usegmt=True),
            "Content-Length": str(state.st_size - start),
        }
        if start:
            headers["Content-Range"] = f"bytes {start}-{state.st_size - 1}/{state.st_size}"
        if start and start >= state.st_size:
            return httpx.Response(416, headers={"ETag": etag, "Content-Range": f"bytes */{state.st_size}"})
        body = _Body(path, start) if request.method == "GET" else None
        return httpx.Response(206 if start else 200, headers=headers, stream=body or httpx.ByteStream(b""))


class _Body(httpx.SyncByteStream):
    def __init__(self, path: Path, start: int) -> None:
        self.path = path
        self.start = start

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            file.seek(self.start)
            while block := file.read(BLOCK):
                yield block


def _start(request: httpx.Request, etag: str) -> int:
    wanted = request.headers.get("Range", "")
    is_same = request.headers.get("If-Range", etag) == etag
    return int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and is_same else 0


def _listing(folder: Path) -> str:
    names = sorted(f"{entry.name}/" if entry.is_dir() else entry.name for entry in folder.iterdir())
    return "\n".join(f'<a href="{quote(name)}">{escape(name)}</a>' for name in names)
