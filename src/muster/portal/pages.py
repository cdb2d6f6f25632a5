"""HTML from templates: pages of the portal, and pages that stand alone in one file."""

import json
import math
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from muster.catalog import mirror
from muster.lake import write_text

HERE = Path(__file__).parent

MISSING = "\u2013"

#: Where the portal's navigation goes in a page that stands alone; `adopt` fills it.
NAVIGATION_MARK = "<!-- portal navigation -->"


def write_page(target: Path, template: str, *, depth: int, **content: Any) -> None:
    """Write a page of the portal that lies `depth` folders below its root."""
    page = _environment().get_template(template)
    write_text(target, page.render(root="../" * depth, is_standalone=False, **content))


def write_standalone(target: Path, template: str, **content: Any) -> None:
    """Write a page that carries its style, its scripts and Plotly in the one file."""
    page = _environment().get_template(template)
    write_text(target, page.render(root="", is_standalone=True, **content))


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dictionaries, None where a value is missing."""
    plain = table.astype(object).where(table.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def is_simulated() -> bool:
    """Return whether the mirror is the simulator's: on loopback, or a folder with the truth beside the releases."""
    url = mirror().url
    if url.startswith("file:"):
        return (Path(url.removeprefix("file:")) / "truth").is_dir()
    return urlsplit(url).hostname in {"127.0.0.1", "localhost"}


def navigation(root: str) -> str:
    """Return the portal's page header, for a page that lies at `root` from it."""
    return _environment().get_template("navigation.html").render(root=root)


@cache
def plotly_script() -> str:
    """Return plotly.js as the Python package carries it."""
    return resources.files("plotly").joinpath("package_data/plotly.min.js").read_text()


def asset(name: str) -> str:
    """Return a file of `static/`."""
    return (HERE / "static" / name).read_text()


def embedded(content: object) -> Markup:
    r"""Return a value as JSON that can stand inside a script element.

    >>> embedded(["</script>", float("nan")])
    Markup('["\\u003c/script\\u003e", null]')
    """
    text = json.dumps(_without_nan(content), sort_keys=True, allow_nan=False)
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def _without_nan(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _without_nan(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_without_nan(value) for value in content]
    return None if is_missing(content) else content


def is_missing(value: object) -> bool:
    """Return whether a value is None or NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def number(value: float | None, digits: int = 2) -> str:
    """Return a number as people read it.

    >>> number(12345), number(0.12345), number(3e-12), number(0)
    ('12,345', '0.12', '3e-12', '0')
    """
    if value is None or is_missing(value):
        return MISSING
    if float(value).is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - beyond, a float has no last digit
        return f"{value:,.0f}"
    return f"{value:.0e}" if abs(value) < 10**-digits else f"{value:,.{digits}f}"


def interval(estimate: list[float] | float | None, digits: int = 2) -> str:
    """Return an estimate with its interval.

    >>> interval([0.713, 0.69, 0.741]), interval(0.5)
    ('0.71 [0.69, 0.74]', '0.50')
    """
    if not isinstance(estimate, list):
        return MISSING if estimate is None else f"{estimate:.{digits}f}"
    value, low, high = (f"{part:.{digits}f}" if part is not None else MISSING for part in estimate)
    return f"{value} [{low}, {high}]"


def percent(share: float | None, digits: int = 0) -> str:
    """Return a share (0 to 1) as a percentage.

    >>> percent(0.123)
    '12 %'
    """
    return MISSING if share is None or is_missing(share) else f"{share * 100:.{digits}f} %"


def probability(value: float) -> str:
    """Return a probability as people read it; none is certain.

    >>> probability(0.347), probability(0.9991), probability(0.0004)
    ('0.35', '> 0.99', '< 0.01')
    """
    text = f"{value:.2f}"
    return {"1.00": "> 0.99", "0.00": "< 0.01"}.get(text, text)


def metric(name: str) -> str:
    """Return the name of a metric as people write it.

    >>> metric("auprc_over_prevalence"), metric("precision_at_20")
    ('AUPRC over prevalence', 'precision at 20')
    """
    return name.replace("_", " ").replace("auroc", "AUROC").replace("auprc", "AUPRC")


def counted(count: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "table"), counted(1200, "table")
    ('1 table', '1,200 tables')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    filters = (number, probability, metric, counted, interval, percent, embedded)
    environment.filters.update({convert.__name__: convert for convert in filters})
    environment.globals.update(
        style=lambda: Markup(asset("style.css")),
        script=lambda name: Markup(asset(name)),
        plotly=lambda: Markup(plotly_script()),
        is_simulated=is_simulated,
        navigation_mark=Markup(NAVIGATION_MARK),
    )
    return environment
