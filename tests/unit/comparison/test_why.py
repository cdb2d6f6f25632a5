"""Reasons of gained and lost calls, told from the keys."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from muster.comparison import marts
from muster.comparison.effects import method_drift, new_data_drift
from muster.comparison.why import release_changes

TERM = "MP:1"
HIT, MISS = 1e-6, 0.5


def values(columns: str, rows: list[tuple[Any, ...]]) -> str:
    def literal(value: Any) -> str:
        return "null" if value is None else repr(value)

    text = ", ".join(f"({', '.join(literal(value) for value in row)})" for row in rows)
    return f"select * from (values {text}) as rows({columns})"


def calls(*rows: tuple[str, str, str]) -> str:
    """Rows: gene, term, status."""
    full = [(*row, f"name of {row[1]}", row[2] == "called", 0.001) for row in rows]
    return values("gene_id, mp_term_id, status, mp_term_name, is_direct, p_value", full)


def terms(*ids: str) -> str:
    return f"select unnest({list(ids)}) as mp_term_id, false as is_obsolete, []::varchar[] as top_level_ids"


def lines(*rows: tuple[str, str]) -> str:
    """Rows: line, gene."""
    return values("line_id, gene_id", list(rows))


def effects(*rows: tuple[str, str, int, float, float]) -> str:
    """Rows: line, gene, mutants, released effect, released p."""
    full = [(*row, "weight", "both", 0.0, None, "mixed model") for row in rows]
    columns = "line_id, gene_id, mutant_count, released_effect_size, released_p_value, trait_id, sex, effect_size"
    return values(f"{columns}, p_value, released_method", full)


def reasons(publish: Callable[..., Path], before: dict[str, str], after: dict[str, str]) -> dict[str, tuple[str, str]]:
    publish("1.0", **before)
    publish("2.0", **after)
    with marts.both("1.0", "2.0") as connection:
        found = release_changes(connection, marts.shared("1.0", "2.0"))
    found = found.astype(object).where(pd.notna(found), None)
    return {row["gene_id"]: (row["change"], row["reason"]) for row in found.to_dict("records")}


def test_a_call_of_a_gene_with_a_new_line_is_from_the_new_line(publish_marts: Callable[..., Path]) -> None:
    before = {
        "gene_phenotypes": calls(("A", TERM, "tested"), ("B", TERM, "called")),
        "terms": terms(TERM),
        "lines": lines(("a1", "A"), ("b1", "B")),
        "line_effects": effects(("a1", "A", 8, 0.1, MISS), ("b1", "B", 8, 2.0, HIT)),
    }
    after = {
        "gene_phenotypes": calls(("A", TERM, "called"), ("B", TERM, "called")),
        "terms": terms(TERM),
        "lines": lines(("a1", "A"), ("a2", "A"), ("b1", "B")),
        "line_effects": effects(("a1", "A", 8, 0.1, MISS), ("a2", "A", 8, 2.0, HIT), ("b1", "B", 8, 2.0, HIT)),
    }

    assert reasons(publish_marts, before, after) == {"A": ("gained", "new line"), "B": ("kept", None)}


def test_the_same_animals_judged_anew_are_method_and_more_animals_are_new_data(
    publish_marts: Callable[..., Path],
) -> None:
    same = {"terms": terms(TERM), "lines": lines(("a", "A"), ("b", "B"), ("c", "C"), ("d", "D"))}
    before = {
        **same,
        "gene_phenotypes": calls(
            *(
                (gene, TERM, status)
                for gene, status in zip("ABCD", ["tested", "tested", "called", "called"], strict=True)
            )
        ),
        "line_effects": effects(
            ("a", "A", 8, 0.5, MISS), ("b", "B", 8, 0.5, MISS), ("c", "C", 8, 2.0, HIT), ("d", "D", 8, 2.0, HIT)
        ),
    }
    after = {
        **same,
        "gene_phenotypes": calls(
            *(
                (gene, TERM, status)
                for gene, status in zip("ABCD", ["called", "called", "tested", "tested"], strict=True)
            )
        ),
        "line_effects": effects(
            ("a", "A", 8, 1.9, HIT), ("b", "B", 14, 1.9, HIT), ("c", "C", 8, 0.4, MISS), ("d", "D", 14, 0.4, MISS)
        ),
    }

    assert reasons(publish_marts, before, after) == {
        "A": ("gained", "method"),
        "B": ("gained", "new data"),
        "C": ("lost", "method"),
        "D": ("lost", "new data"),
    }


def test_a_term_that_did_not_exist_is_definition_and_a_line_that_is_gone_is_withdrawn(
    publish_marts: Callable[..., Path],
) -> None:
    before = {
        "gene_phenotypes": calls(("A", TERM, "tested"), ("B", TERM, "called")),
        "terms": terms(TERM),
        "lines": lines(("a", "A"), ("b", "B")),
        "line_effects": effects(("a", "A", 8, 0.1, MISS), ("b", "B", 8, 2.0, HIT)),
    }
    after = {
        "gene_phenotypes": calls(("A", TERM, "tested"), ("A", "MP:2", "called")),
        "terms": terms(TERM, "MP:2"),
        "lines": lines(("a", "A")),
        "line_effects": effects(("a", "A", 8, 0.1, MISS)),
    }

    assert reasons(publish_marts, before, after) == {"A": ("gained", "definition"), "B": ("lost", "withdrawn")}


def test_without_lines_the_reason_is_unknown(publish_marts: Callable[..., Path]) -> None:
    before = {"gene_phenotypes": calls(("A", TERM, "tested")), "terms": terms(TERM)}
    after = {"gene_phenotypes": calls(("A", TERM, "called")), "terms": terms(TERM)}

    assert reasons(publish_marts, before, after) == {"A": ("gained", "unknown")}


def test_a_call_that_moved_to_a_narrower_term_is_kept(publish_marts: Callable[..., Path]) -> None:
    before = {"gene_phenotypes": calls(("A", TERM, "called")), "terms": terms(TERM)}
    by_closure = calls(("A", TERM, "called")).replace("True", "False")

    assert reasons(publish_marts, before, {"gene_phenotypes": by_closure, "terms": terms(TERM)}) == {
        "A": ("kept", None)
    }


def test_method_drift_looks_at_shared_keys_only(publish_marts: Callable[..., Path]) -> None:
    same = [(f"l{number}", "A", 8, float(number), HIT if number > 20 else MISS) for number in range(30)]
    moved = [(line, gene, count, effect + 1, p_value) for line, gene, count, effect, p_value in same]
    new = [(f"n{number}", "B", 8, -50.0 - number, HIT) for number in range(25)]
    shared = {"gene_phenotypes": calls(("A", TERM, "called")), "terms": terms(TERM)}
    publish_marts("1.0", **shared, lines=lines(*((row[0], row[1]) for row in same)), line_effects=effects(*same))
    everything = [*moved, *new]
    after_lines = lines(*((row[0], row[1]) for row in everything))
    publish_marts("2.0", **shared, lines=after_lines, line_effects=effects(*everything))

    with marts.both("1.0", "2.0") as connection:
        release_changes(connection, marts.shared("1.0", "2.0"))
        method, fresh = method_drift(connection), new_data_drift(connection)

    assert (method["all"]["keys"], method["all"]["pearson"]) == (30, 1.0)
    assert (method["all"]["hits_before"], method["all"]["hits_kept"]) == (9, 9)
    assert method["all"]["identical_share"] == 0.0
    assert fresh["keys"] == {"shared": 30, "new line": 25, "new key": 0, "lost": 0}
    assert fresh["kolmogorov_smirnov"] == 1.0
