"""Reports taken into the site: copied, freed of the network, with a way back to the portal."""

from pathlib import Path
from shutil import copytree, ignore_patterns

from muster.portal.offline import without_external, without_external_styles, without_unfilled
from muster.portal.pages import NAVIGATION_MARK, navigation

_PLOTLY_START, _SCRIPT_END = '<script data-vendor="plotly">', "</script>"
# For pages of other tools: small, out of the way, in no style sheet of theirs.
_WAY_BACK = (
    '<a href="{root}index.html" style="position:fixed;left:14px;bottom:14px;z-index:2147483647;background:#0b7285;'
    "color:#fff;font:600 13px system-ui,sans-serif;padding:7px 13px;border-radius:99px;text-decoration:none;"
    'box-shadow:0 2px 8px rgba(0,0,0,.25)">&#8592; Muster portal</a>'
)


def adopt(report: Path, target: Path, site: Path) -> None:
    """Copy a folder of a report into the site and make its pages part of it."""
    # A draft is of a writer that was killed, or is at it.
    copytree(report, target, ignore=ignore_patterns("*.draft"))
    for path in sorted(target.rglob("*")):
        if path.suffix == ".html":
            root = "../" * (len(path.relative_to(site).parts) - 1)
            path.write_text(adopted(path.read_text(), root))
        elif path.suffix == ".css":
            path.write_text(without_external_styles(path.read_text()))


def adopted(page: str, root: str) -> str:
    """Return a report's page as part of the portal that lies at `root` from it.

    >>> adopted('<script data-vendor="plotly">four megabytes</script>', "../")[:49]
    '<script src="../assets/plotly.min.js"></script><a'
    """
    page = without_unfilled(without_external(page))
    if NAVIGATION_MARK in page:
        page = page.replace(NAVIGATION_MARK, navigation(root), 1)
    else:
        body, end, rest = page.rpartition("</body>")
        page = body + _WAY_BACK.format(root=root) + end + rest if end else page + _WAY_BACK.format(root=root)
    return _with_shared_plotly(page, root)


def _with_shared_plotly(page: str, root: str) -> str:
    start = page.find(_PLOTLY_START)
    if start < 0:
        return page
    end = page.index(_SCRIPT_END, start)
    return f'{page[:start]}<script src="{root}assets/plotly.min.js">{page[end:]}'
