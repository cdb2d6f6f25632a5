import gzip
from pathlib import Path

from muster.reading.stacks import first_section


def test_a_file_with_one_table_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b'a,b\n"1\n\n",2\n'))

    assert first_section(path, tmp_path / "cut.csv.gz") == path


def test_a_record_with_one_blank_cell_ends_the_first_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b'a,b\n"1\n\n",2\n" "\nc\n3\n'))

    cut = first_section(path, tmp_path / "cut.csv.gz")

    assert gzip.decompress(cut.read_bytes()) == b'a,b\n"1\n\n",2\n'
