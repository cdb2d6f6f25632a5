from pathlib import Path

import pytest

from muster.reading.documents import write_values
from muster.reading.malformed import MalformedFileError
from muster.reading.stacks import records


def test_every_value_is_a_row_under_the_keys_as_they_are_spelt(tmp_path: Path) -> None:
    path = tmp_path / "release_metadata.json"
    path.write_text('{"summaryCounts": {"23.0": {"phentoypeCalls": 113803}}, "notes": "two\\nlines", "list": [true]}')

    written = write_values(path, tmp_path / "values" / "x.csv.gz")

    assert [record.cells for record in records(written)] == [
        ["key_path", "value"],
        ["summaryCounts/23.0/phentoypeCalls", "113803"],
        ["notes", "two\nlines"],
        ["list/0", "true"],
    ]


def test_a_document_that_ends_too_early_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "release_metadata.json"
    path.write_text('{"a": 1,\n"b":')

    with pytest.raises(MalformedFileError, match=r"release_metadata\.json line 2: Expecting value"):
        write_values(path, tmp_path / "x.csv.gz")
