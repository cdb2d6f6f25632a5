"""The reports of a release of every era, made without mice and pictures."""

import csv
from collections.abc import Callable
from functools import cache
from io import StringIO

import pandas as pd
import pytest

from muster.simulator.consortium import found
from muster.simulator.releases import published
from muster.simulator.reports_files import Counted, Published, counted, report_files
from muster.simulator.sizes import SIZES

SEED = 20190124
NO_BULK: dict[str, list[bytes]] = {"observations": [], "image_records": []}


@cache
def _said(release: str) -> tuple[Published, Counted]:
    said = published(found(SIZES["tiny"], SEED), release)
    return said, counted(said, NO_BULK, SEED)


@cache
def _files(release: str) -> dict[str, str]:
    return report_files(*_said(release), release, SEED)


@pytest.fixture(scope="session")
def said() -> Callable[[str], tuple[Published, Counted]]:
    """Give a function: what a release says, and its calls with their counts."""
    return _said


@pytest.fixture(scope="session")
def files() -> Callable[[str], dict[str, str]]:
    """Give a function: the text of each report file of a release, by path."""
    return _files


@pytest.fixture(scope="session")
def sections() -> Callable[[str], list[list[list[str]]]]:
    """Give a function: the tables of a text, as they are parted by records of one blank cell."""

    def parted(text: str) -> list[list[list[str]]]:
        tables: list[list[list[str]]] = [[]]
        for cells in csv.reader(StringIO(text)):
            if len(cells) <= 1 and not "".join(cells).strip():
                tables.append([])
            else:
                tables[-1].append(cells)
        return [table for table in tables if table]

    return parted


@pytest.fixture(scope="session")
def assertions(files) -> Callable[[str], pd.DataFrame]:
    """Give a function: the assertions of a release from 12.0 on."""
    return lambda release: pd.read_csv(StringIO(files(release)["results/genotype-phenotype-assertions-ALL.csv.gz"]))
