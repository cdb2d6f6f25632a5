"""The suites of `expectations/`: what must hold of each table, as checked data."""

import re
from typing import Any, Literal

import yaml
from pydantic import BaseModel

from muster.settings import settings

Kind = Literal["text", "number", "time"]


class Meta(BaseModel, extra="forbid", frozen=True):
    """What Great Expectations carries along but does not read."""

    why: str
    volume: bool = False
    """A statement about how much there is: not made about a release that declares itself partial."""
    remedy: str = ""
    """What to do when it fails, where more can be said than `look at the rows`."""


class Expectation(BaseModel, extra="forbid", frozen=True):
    """One statement about one table, in the words of Great Expectations."""

    type: str
    kwargs: dict[str, Any]
    severity: Literal["critical", "warning", "info"]
    meta: Meta

    @property
    def columns(self) -> list[str]:
        """The columns it speaks about.

        >>> pair = {"column_A": "start", "column_B": "end"}
        >>> Expectation(type="a_pair", kwargs=pair, severity="info", meta=Meta(why="an example")).columns
        ['start', 'end']
        """
        return [self.kwargs[name] for name in ("column", "column_A", "column_B") if name in self.kwargs]

    @property
    def conditions(self) -> list[str]:
        """The columns that decide which rows it speaks about.

        >>> limits = {"column": "z", "min_value": 0, "row_condition": "is_control == True"}
        >>> Expectation(type="a_range", kwargs=limits, severity="info", meta=Meta(why="an example")).conditions
        ['is_control']
        """
        return re.findall(r"(\w+) (?:==|>=|in|not in) ", self.kwargs.get("row_condition", ""))

    @property
    def kind(self) -> Kind:
        """What its columns are compared with: numbers, points in time, or nothing but text."""
        if "pair_values_a" in self.type:
            return "number"
        bounds = [self.kwargs[name] for name in ("min_value", "max_value") if name in self.kwargs]
        if not bounds or "proportion" in self.type or "lengths" in self.type or "count" in self.type:
            return "text"
        return "number" if all(isinstance(bound, int | float) for bound in bounds) else "time"


def suites(stage: str) -> dict[str, list[Expectation]]:
    """Return the suite of every table of a stage."""
    paths = sorted((settings().root / "expectations").glob(f"{stage}.*.yml"))
    return {
        path.stem.removeprefix(f"{stage}."): [
            Expectation.model_validate(item) for item in yaml.safe_load(path.read_text())
        ]
        for path in paths
    }


def columns(suite: list[Expectation]) -> dict[str, Kind]:
    """Return the columns a suite names, each with the kind of value it is compared as."""
    named: dict[str, Kind] = {}
    for expectation in suite:
        for column in expectation.columns:
            if named.get(column, "text") == "text":
                named[column] = expectation.kind
        for column in expectation.conditions:
            named.setdefault(column, "text")
    return named
