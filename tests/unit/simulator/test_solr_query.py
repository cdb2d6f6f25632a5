import pytest

from muster.simulator.solr_query import BadRequestError, condition

TYPES = {"sex": "VARCHAR", "age": "BIGINT", "metadata": "VARCHAR[]", "is_significant": "BOOLEAN"}


@pytest.mark.parametrize(
    ("text", "sql", "values"),
    [
        ("*:*", "true", ()),
        ("sex:*", '"sex" is not null', ()),
        ("sex:fem*", '"sex" glob ?', ("fem*",)),
        ('metadata:"a = b"', 'list_contains("metadata", ?)', ("a = b",)),
        ("age:[10 TO *]", '("age" is not null and "age" >= ?)', (10.0,)),
        ("age:{10 TO 12}", '("age" is not null and "age" > ? and "age" < ?)', (10.0, 12.0)),
        ("is_significant:true", '"is_significant" = ?', (True,)),
        ("sex:male age:3", '("sex" = ? or "age" = ?)', ("male", 3.0)),
        ("sex:male AND (age:3 OR age:4)", '("sex" = ? and ("age" = ? or "age" = ?))', ("male", 3.0, 4.0)),
        ("NOT sex:male", 'not coalesce("sex" = ?, false)', ("male",)),
    ],
)
def test_a_query_becomes_sql(text: str, sql: str, values: tuple[object, ...]) -> None:
    found = condition(text, TYPES)

    assert (found.sql, found.values) == (sql, values)


@pytest.mark.parametrize("text", ["", "sex:", "sex", ":male", "sex:a:b", "(sex:male", "AND", "colour:red", "age:old"])
def test_what_solr_refuses_is_refused(text: str) -> None:
    with pytest.raises(BadRequestError):
        condition(text, TYPES)
