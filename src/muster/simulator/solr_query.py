"""The part of SOLR's query language that the embedded index speaks, as SQL."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKENS = re.compile(r'\s*("(?:\\.|[^"\\])*"|[\[{][^\]}]*[\]}]|\|\||&&|[():+!]|-(?=\S)|(?:\\.|[^\s():"\[\]{}!])+|.)')
RANGE = re.compile(r"([\[{])\s*(\S+)\s+TO\s+(\S+)\s*([\]}])")
NUMBERS = {"BIGINT", "DOUBLE"}


class BadRequestError(ValueError):
    """A question SOLR answers with 400, in its words."""


@dataclass(frozen=True)
class Condition:
    """SQL and the values its question marks stand for."""

    sql: str
    values: tuple[object, ...] = ()


def condition(text: str, types: dict[str, str]) -> Condition:
    """Return what a query says of documents with these fields.

    >>> condition('sex:male AND parameter_name:"Fat mass"', {"sex": "VARCHAR", "parameter_name": "VARCHAR"})
    Condition(sql='("sex" = ? and "parameter_name" = ?)', values=('male', 'Fat mass'))

    Raises:
        BadRequestError: as SOLR would refuse it.
    """
    return _Parser(text, types).parsed()


class _Parser:
    def __init__(self, text: str, types: dict[str, str]) -> None:
        self.text = text
        self.types = types
        self.tokens = [match[1] for match in TOKENS.finditer(text) if match[1].strip()]

    def parsed(self) -> Condition:
        found = self._either()
        if self.tokens:
            raise self._unexpected(self.tokens[0])
        return found

    def _either(self) -> Condition:
        # SOLR's default operator is OR: clauses side by side are alternatives.
        parts = [self._all()]
        while self.tokens and self.tokens[0] != ")":
            if self.tokens[0] in ("OR", "||"):
                self.tokens.pop(0)
            parts.append(self._all())
        return _joined(parts, "or")

    def _all(self) -> Condition:
        parts = [self._one()]
        while self.tokens and self.tokens[0] in ("AND", "&&"):
            self.tokens.pop(0)
            parts.append(self._one())
        return _joined(parts, "and")

    def _one(self) -> Condition:
        token = self._next()
        if token in ("NOT", "-", "!"):
            inner = self._one()
            return Condition(f"not coalesce({inner.sql}, false)", inner.values)
        if token == "+":
            return self._one()
        if token == "(":
            inner = self._either()
            if self._next() != ")":
                raise self._unexpected("<EOF>")
            return inner
        return self._clause(token)

    def _clause(self, field: str) -> Condition:
        if not re.fullmatch(r"[\w.*\-]+|\"[^\"]*\"", field):
            raise self._unexpected(field)
        if not self.tokens or self.tokens[0] != ":":
            raise BadRequestError("no field name specified in query and no default specified via 'df' param")
        self.tokens.pop(0)
        value = self._next()
        if self.tokens and self.tokens[0] == ":":
            raise self._unexpected(":")
        if field == "*":
            return Condition("true")
        if field not in self.types:
            raise BadRequestError(f"undefined field {field}")
        if value == "(":
            return self._alternatives(field)
        return self._compared(field, value)

    def _alternatives(self, field: str) -> Condition:
        parts = []
        while (value := self._next()) != ")":
            if value not in ("OR", "||"):
                parts.append(self._compared(field, value))
        return _joined(parts, "or")

    def _compared(self, field: str, value: str) -> Condition:
        kind = self.types[field]
        if value == "*":
            return Condition(f'"{field}" is not null')
        if found := RANGE.fullmatch(value):
            return self._within(field, found)
        if value.startswith('"'):
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        elif "*" in value and not kind.endswith("[]"):
            return Condition(f'"{field}" glob ?', (value,))
        if kind in NUMBERS:
            return Condition(f'"{field}" = ?', (_number(value),))
        if kind == "BOOLEAN":
            return Condition(f'"{field}" = ?', (value.lower() == "true",))
        return Condition(f'list_contains("{field}", ?)' if kind.endswith("[]") else f'"{field}" = ?', (value,))

    def _within(self, field: str, found: re.Match[str]) -> Condition:
        sides = []
        for operator, bound in (
            (">=" if found[1] == "[" else ">", found[2]),
            ("<=" if found[4] == "]" else "<", found[3]),
        ):
            if bound != "*":
                value = _number(bound) if self.types[field] in NUMBERS else bound.strip('"')
                sides.append(Condition(f'"{field}" {operator} ?', (value,)))
        return _joined([Condition(f'"{field}" is not null'), *sides], "and")

    def _next(self) -> str:
        if not self.tokens:
            raise self._unexpected("<EOF>")
        return self.tokens.pop(0)

    def _unexpected(self, token: str) -> BadRequestError:
        place = self.text.find(token)
        return BadRequestError(
            f'org.apache.solr.search.SyntaxError: Cannot parse \'{self.text}\': Encountered " "{token}" " '
            f"at line 1, column {max(place, 0)}."
        )


def _joined(parts: list[Condition], word: str) -> Condition:
    if len(parts) == 1:
        return parts[0]
    sql = f" {word} ".join(part.sql for part in parts)
    return Condition(f"({sql})", tuple(_values(parts)))


def _values(parts: list[Condition]) -> Iterator[object]:
    for part in parts:
        yield from part.values


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadRequestError(f"Invalid Number: {text}") from None
