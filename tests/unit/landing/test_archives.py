"""An archive is unpacked whole, or told what is wrong with it; nothing of it stays."""

import tarfile
from pathlib import Path

import pytest

from muster.landing import archives
from muster.landing.archives import ArchiveError, unpacked
from muster.landing.integrity import UnusableFileError


def write(folder: Path, name: str, count: int = 2) -> Path:
    mode = "w" if name.endswith(".tar") else "w:gz"
    with tarfile.open(folder / name, mode, format=tarfile.USTAR_FORMAT) as archive:
        for number in range(count):
            file = folder / f"{number}.csv"
            file.write_text(f"Mouse,Sex\nM{number},Female\n" * 50)
            archive.add(file, f"deep/{file.name}")
    return folder / name


def unpack(path: Path) -> list[str]:
    place = path.parent / "place"
    try:
        with unpacked(path, place) as files:
            return [file.read_text()[:12] for file in files]
    finally:
        assert not place.exists()


@pytest.mark.parametrize("name", ["a.tar", "a.tgz", "a.tar.gz"])
def test_the_files_of_an_archive_are_given_in_order(tmp_path: Path, name: str) -> None:
    assert unpack(write(tmp_path, name)) == ["Mouse,Sex\nM0", "Mouse,Sex\nM1"]


@pytest.mark.parametrize("name", ["a.tgz", "a.tar.gz"])
@pytest.mark.parametrize("harm", [lambda whole: whole[:-5] + b"wrong", lambda whole: whole[: len(whole) // 2]])
def test_a_damaged_or_cut_stream_is_told(tmp_path: Path, name: str, harm) -> None:
    path = write(tmp_path, name)
    path.write_bytes(harm(path.read_bytes()))

    with pytest.raises((ArchiveError, UnusableFileError), match=r"a\.t.*(truncated|damaged|cannot be unpacked)"):
        unpack(path)


def test_an_archive_that_is_cut_between_two_files_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, "a.tar")
    path.write_bytes(path.read_bytes()[: 3 * tarfile.BLOCKSIZE])

    with pytest.raises(ArchiveError, match="its end is missing; get it again"):
        unpack(path)


def test_a_damaged_heading_in_the_middle_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, "a.tar")
    whole = bytearray(path.read_bytes())
    whole[whole.index(b"deep/1.csv") + 1] ^= 1
    path.write_bytes(whole)

    with pytest.raises(ArchiveError, match="its end is missing; get it again"):
        unpack(path)


def test_what_would_lie_outside_of_the_folder_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        archive.add(write(tmp_path, "b.tar"), "../outside.csv")

    with pytest.raises(ArchiveError, match="cannot be unpacked"):
        unpack(tmp_path / "a.tar")


def test_an_archive_that_holds_too_much_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "LARGEST", 1500)

    with pytest.raises(ArchiveError, match=r"a\.tar holds 2\.0 kB, and none may hold more than 1\.5 kB"):
        unpack(write(tmp_path, "a.tar"))
