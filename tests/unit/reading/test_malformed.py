import gzip
from pathlib import Path

import duckdb
import pytest

from muster.catalog import SourceFile
from muster.reading.malformed import MalformedFileError
from muster.reading.raw_tables import fill


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"a,b\n1,2\n1,2,3\n", r"x\.csv\.gz line 3: Expected Number of Columns: 2 Found: 3 It reads: '1,2,3'"),
        (b"a,b\n1,2\n1\n", r"line 3: Expected Number of Columns: 2 Found: 1 It reads: '1'"),
        (b'a,b\n1,"2\n', r"line 2: .*unterminated quote.* It reads: '1,\"2"),
        (b"a,b\n1,\xff\n", r"line 2: Invalid unicode"),
    ],
)
def test_a_broken_row_is_told_with_its_line_and_value(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(content))
    warehouse = duckdb.connect()
    warehouse.execute("create schema landed; create schema raw")

    with pytest.raises(MalformedFileError, match=complaint):
        fill(warehouse, "x", SourceFile(required=["a"]), [path])
