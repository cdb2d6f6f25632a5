"""What is asked of a SOLR core: a query whose values are quoted where SOLR would misread them."""

import hashlib
import json
import re
from dataclasses import dataclass

EVERYTHING = "*:*"
DIGEST_DIGITS = 12
OPERATORS = frozenset({"AND", "OR", "NOT", "&&", "||", "TO"})
#: Quoted text, a range, a bracket, or a word: a word may hold escaped blanks.
TOKENS = re.compile(r'"(?:\\.|[^"\\])*"|[\[{][^\]}]*[\]}]|[()]|(?:\\.|[^\s()"\[\]{}\\])+|\S')
CLAUSE = re.compile(r"([+\-!]?[A-Za-z_][\w.\-]*):(.+)")
#: What SOLR takes for syntax within a bare value.
PLAIN = re.compile(r"[\w.*?~^<>=%,;/+\-]+|\\.")
AS_WRITTEN = ('"', "[", "{", "(")


class QueryError(ValueError):
    """A query or a filter cannot be meant as it is written."""


@dataclass(frozen=True)
class Query:
    """Which documents of which core, and which of their fields."""

    core: str
    text: str = EVERYTHING
    filters: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    """Empty: every stored field."""

    @property
    def digest(self) -> str:
        """Return 12 hex digits: equal for queries that ask the same.

        >>> Query("mp", filters=("a:1", "b:2")).digest == Query("mp", filters=("b:2", "a:1")).digest
        True
        """
        said = [self.core, self.text, sorted(self.filters), sorted(self.fields)]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:DIGEST_DIGITS]

    def parameters(self) -> list[tuple[str, str]]:
        """Return what a request says of the documents."""
        return [("q", self.text), *(("fq", one) for one in self.filters)]


def prepared(text: str) -> str:
    """Return a query with the values quoted that hold blanks or colons; what is quoted already stays.

    >>> prepared("parameter_name:Fat mass AND gene_accession_id:MGI:1929293")
    'parameter_name:"Fat mass" AND gene_accession_id:"MGI:1929293"'
    >>> prepared("sex:(male OR female) age_in_weeks:[10 TO 12]")
    'sex:(male OR female) age_in_weeks:[10 TO 12]'

    Raises:
        QueryError: a quotation does not end.
    """
    if text.replace('\\"', "").count('"') % 2:
        raise QueryError(f'{text}: a quotation mark stands alone; write field:"two words"')
    if text.lstrip().startswith("{!"):
        return text
    words: list[str] = []
    for token in TOKENS.finditer(text):
        word, is_apart = token[0], token.start() > 0 and text[token.start() - 1].isspace()
        if words and not is_apart:
            words[-1] += word
        elif words and _continues(words[-1], word):
            words[-1] += f" {word}"
        else:
            words.append(word)
    return " ".join(_quoted(word) for word in words)


def filter_query(text: str) -> str:
    """Return `field=value` as a filter; a range in brackets and `*` stay as they are, every other value is quoted.

    >>> filter_query("parameter_name=Fat mass"), filter_query("age_in_weeks=[10 TO 12]"), filter_query("sex:male")
    ('parameter_name:"Fat mass"', 'age_in_weeks:[10 TO 12]', 'sex:male')

    Raises:
        QueryError: says how a filter is written.
    """
    field, equals, value = text.partition("=")
    if equals and re.fullmatch(r"-?[A-Za-z_]\w*", field) and value.strip():
        return f"{field}:{_value(value.strip())}"
    if ":" not in text:
        raise QueryError(f"{text}: not a filter; write field=value, such as sex=female, or a SOLR query")
    return prepared(text)


def _continues(before: str, word: str) -> bool:
    """Return whether a bare word goes on with the value of the clause before it: `parameter_name:Fat mass`."""
    clause = CLAUSE.fullmatch(before)
    is_bare = clause is not None and not clause[2].startswith(AS_WRITTEN) and not clause[2].endswith((")", '"'))
    return is_bare and word not in OPERATORS and not word.startswith(AS_WRITTEN) and CLAUSE.fullmatch(word) is None


def _quoted(word: str) -> str:
    opening = len(word) - len(word.lstrip("("))
    clause = CLAUSE.fullmatch(word[opening:])
    if clause is None:
        return word
    value, closing = clause[2], ""
    if not value.startswith(AS_WRITTEN):
        closing = value[len(value.rstrip(")")) :]
        value = value.removesuffix(closing)
    return f"{word[:opening]}{clause[1]}:{_value(value)}{closing}"


def _value(value: str) -> str:
    if value.startswith(AS_WRITTEN) or PLAIN.sub("", value) == "":
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
