"""Great Expectations' Data Docs, made to work without a network and the same every time."""

import re
import shutil
from pathlib import Path

ASSETS = Path(__file__).with_name("assets")
#: In the order in which a page needs them.
STYLES = (
    "bootstrap.min.css",
    "bootstrap-table.min.css",
    "bootstrap-table-filter-control.min.css",
    "fontawesome.min.css",
    "solid.min.css",
)
SCRIPTS = (
    "jquery.min.js",
    "bootstrap.bundle.min.js",
    "bootstrap-table.min.js",
    "bootstrap-table-filter-control.min.js",
)
#: Of the pictures Great Expectations copies (3 MB), those a page shows.
IMAGES = ("favicon.ico", "logo-long.png")

FOREIGN_SCRIPT = re.compile(r'<script[^>]*\ssrc="https?://[^"]*"[^>]*>\s*</script>\n?')
FOREIGN_STYLE = re.compile(r'<link[^>]*\shref="https?://[^"]*"[^>]*>\n?')
FOREIGN_RULE = re.compile(r"[\w-]+:\s*url\(['\"]?https?://[^)]*\)[^;}]*;?")
FOREIGN_IMAGE = re.compile(r'src="https?://[^"?]*/([\w.-]+)(?:\?[^"]*)?"')
FAVICON = re.compile(r'href="[./]*static/images/favicon\.ico"')
ADVERTISEMENT = re.compile(r"<footer.*?</footer>", re.DOTALL)
CHANCE_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CLOCK = re.compile(r"\b\d{8}T\d{6}\.\d{6}Z\b")


def take_offline(site: Path, moment: str) -> None:
    """Rewrite the pages of a site: assets from the site itself, `moment` for every time of day, no chance ids."""
    static = site / "static"
    for picture in (static / "images").iterdir():
        if picture.name not in IMAGES:
            picture.unlink()
    for unused in ("fonts", "styles"):
        shutil.rmtree(static / unused, ignore_errors=True)
    shutil.copytree(ASSETS, static / "assets", dirs_exist_ok=True)
    for page in sorted(site.rglob("*.html")):
        up = "../" * (len(page.relative_to(site).parts) - 1) or "./"
        page.write_text(offline(page.read_text(), up, moment))


def offline(html: str, up: str, moment: str) -> str:
    """Return a page that asks for nothing outside its site, whose root is at `up`.

    >>> offline('<script src="https://cdn.org/a.js"></script><img src="https://s3.org/logo-long.png?d=1">', "./", "now")
    '<img src="./static/images/logo-long.png">'
    """
    for foreign in (FOREIGN_SCRIPT, FOREIGN_STYLE, FOREIGN_RULE, ADVERTISEMENT):
        html = foreign.sub("", html)
    html = FOREIGN_IMAGE.sub(rf'src="{up}static/images/\1"', html)
    html = FAVICON.sub(f'href="{up}static/images/favicon.ico"', html)
    # The calendar of the index would be one more library, for a column in which every time is the same.
    html = html.replace("'filterControl': 'datepicker'", "'filterControl': 'input'")
    html = CHANCE_ID.sub("details", CLOCK.sub(moment, html))
    styles = "".join(f'\n    <link rel="stylesheet" href="{up}static/assets/{name}">' for name in STYLES)
    scripts = "".join(f'\n    <script src="{up}static/assets/{name}"></script>' for name in SCRIPTS)
    return html.replace("<head>", f"<head>{styles}{scripts}", 1)
