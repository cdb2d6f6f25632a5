import gzip
import hashlib
from pathlib import Path

import pytest

from muster.landing.integrity import UnusableFileError, verify

WHOLE = gzip.compress(b"a,b\n1,2\n3,4\n" * 50)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "x.csv.gz"


def test_a_whole_file_tells_its_lines(file: Path) -> None:
    file.write_bytes(WHOLE)
    assert (verify(file).lines, verify(file).is_empty) == (150, False)

    file.write_bytes(gzip.compress(b"a\nno end of line"))
    assert verify(file).lines == 2

    file.write_bytes(gzip.compress(b""))
    assert (verify(file).lines, verify(file).is_empty) == (0, True)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty: it has 0 bytes"),
        (b"\n  <!DOCTYPE html>", "is a web page"),
        (b"a,b\n", "is not gzip: it begins with b'a,b"),
        (WHOLE[:-9], "is truncated: the gzip stream does not end within its"),
        (WHOLE[:-8] + bytes(8), "is damaged: CRC check failed"),
        (gzip.compress("a,b\n".encode("utf-16")), "is written in UTF-16"),
    ],
)
def test_what_cannot_be_read_is_told_by_name(file: Path, content: bytes, complaint: str) -> None:
    file.write_bytes(content)

    with pytest.raises(UnusableFileError, match=f"x.csv.gz {complaint}"):
        verify(file)


def test_the_sum_that_a_mirror_publishes_must_be_that_of_the_file(file: Path) -> None:
    file.write_bytes(WHOLE)
    verify(file, hashlib.md5(WHOLE).hexdigest())

    with pytest.raises(UnusableFileError, match=f"its md5 is {hashlib.md5(WHOLE).hexdigest()}, announced is 000"):
        verify(file, "0" * 32)
