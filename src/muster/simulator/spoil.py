"""Bad releases: repeated rows like the real 22.1, a renamed column, a file cut short."""

import csv
import gzip
from io import StringIO
from pathlib import Path

from muster.catalog import catalog
from muster.simulator.chance import stream
from muster.simulator.writing import table, write_gzip

REPEATED = 1 / 3
"""Share of the spoilt file's rows that repeat another one but for `_version_`."""


def spoil(place: Path, release: str, fault: str, seed: int) -> None:
    """Damage one file of the release in `place`; `fault` is one of those `sizes.RELEASES` names."""
    files = {name: place / str(source.path_at(release)) for name, source in catalog().files.items()}
    match fault:
        case "repeated rows":
            _repeat_rows(files["statistical_results"], release, seed)
        case "renamed column":
            _rename_column(files["assertions"])
        case "cut file":
            _cut(files["procedure_completeness"])
        case _:
            raise ValueError(f"{fault}: unknown fault")


def _repeat_rows(path: Path, release: str, seed: int) -> None:
    chance = stream(seed, "spoil", release)
    header, *rows = csv.reader(StringIO(_read(path)))
    version = header.index("_version_")
    chosen = chance.choice(len(rows), size=int(len(rows) * REPEATED / (1 - REPEATED)), replace=False)
    repeated = set(chosen.tolist())
    spoilt: list[list[str]] = []
    for number, row in enumerate(rows):
        spoilt.append(row)
        if number in repeated:
            spoilt.append([*row[:version], str(int(row[version]) + 1), *row[version + 1 :]])
    write_gzip(path, table(header, list(zip(*spoilt, strict=True))))


def _rename_column(path: Path) -> None:
    write_gzip(path, _read(path).replace(",p_value,", ",pvalue,", 1))


def _cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 3 // 5])


def _read(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode()
