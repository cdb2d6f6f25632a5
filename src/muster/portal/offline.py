"""Pages that need no network: find what a page would load from elsewhere, and take it out."""

import re
from html.parser import HTMLParser

#: Attributes that make a browser load something by itself; an ordinary link (`a href`) does not.
_LOADING = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "iframe": ("src",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "embed": ("src",),
    "object": ("data",),
}
_CSS_IMPORT = re.compile(r"@import\s+(?:url\()?\s*[\"']?(?:https?:)?//[^;]*;")
_CSS_URL = re.compile(r"url\(\s*[\"']?(?:https?:)?//[^)]*\)")
#: dbt's page asks for these before its script has filled them in, and over file:// each is an error.
_UNFILLED_ICON = re.compile(r'xlink:href="(?=\{\{)')
_UNFILLED_LINK = re.compile(r'<link [^>]*href="\$\{[^>]*>')


class _Finder(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[tuple[int, str, str]] = []
        self.styles: list[str] = []
        self._is_style = False
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_style = tag == "style"
        for name, value in attrs:
            if name == "style" and value:
                self.styles.append(value)
            if name in _LOADING.get(tag, ()) and value and re.match(r"\s*(https?:)?//", value):
                line, column = self.getpos()
                self.found.append((self._starts[line - 1] + column, self.get_starttag_text() or "", value.strip()))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._is_style = False

    def handle_data(self, data: str) -> None:
        if self._is_style:
            self.styles.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False


def external_references(page: str) -> list[str]:
    """Return the addresses a browser would load for this HTML page from elsewhere.

    >>> external_references('<script src="https://cdn.example/x.js"></script><a href="https://example.org">a link</a>')
    ['https://cdn.example/x.js']
    """
    finder = _Finder(page)
    styles = [match for style in finder.styles for match in external_style_references(style)]
    return [address for _, _, address in finder.found] + styles


def external_style_references(style: str) -> list[str]:
    """Return the imports and urls of a style sheet that lie elsewhere."""
    return _CSS_IMPORT.findall(style) + _CSS_URL.findall(_CSS_IMPORT.sub("", style))


def without_unfilled(page: str) -> str:
    """Return an HTML page whose template asks for nothing before its script has filled the addresses in.

    >>> without_unfilled('<link rel="icon" href="${require(1)}"/><use xlink:href="{{ icon }}"></use>')
    '<use ng-attr-href="{{ icon }}"></use>'
    """
    return _UNFILLED_ICON.sub('ng-attr-href="', _UNFILLED_LINK.sub("", page))


def without_external(page: str) -> str:
    """Return an HTML page that loads nothing from elsewhere.

    >>> without_external('<link href="//fonts.example/a.css" rel="stylesheet"><p>text</p>')
    '<p>text</p>'
    """
    for start, tag, _ in sorted(_Finder(page).found, reverse=True):
        # A script's end tag stays behind, so it needs a start.
        kept = "<script>" if tag.lower().startswith("<script") else ""
        page = page[:start] + kept + page[start + len(tag) :]
    for style in _Finder(page).styles:
        if external_style_references(style):
            page = page.replace(style, without_external_styles(style))
    return page


def without_external_styles(style: str) -> str:
    """Return a style sheet without imports and urls that lie elsewhere.

    >>> without_external_styles('@import url("https://fonts.example/a.css"); p { background: url(//x.example/y.png) }')
    ' p { background: none }'
    """
    return _CSS_URL.sub("none", _CSS_IMPORT.sub("", style))
