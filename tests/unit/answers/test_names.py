import time

from muster.answers.names import Names

GENES = Names(["MGI:101", "MGI:102", "MGI:103"], ["Abcd1", "Mapk14", "mapK14"])


def test_a_gene_is_found_by_symbol_in_any_case_or_by_accession() -> None:
    assert [GENES.find(name) for name in ("abcd1", "MGI:101", " mgi:101 ")] == [0, 0, 0]


def test_the_exact_spelling_wins() -> None:
    assert GENES.find("Mapk14") == 1
    assert GENES.find("mapK14") == 2


def test_an_unknown_name_is_not_found_but_gets_near_ones() -> None:
    assert GENES.find("Abdc1") is None
    assert GENES.near("Abdc1") == ["Abcd1"]
    assert "MGI:103" in GENES.near("MGI:1O3")


def test_a_gene_without_a_symbol_is_found_by_its_accession() -> None:
    assert Names(["MGI:7"], [None]).find("MGI:7") == 0


def test_twenty_thousand_names_are_compared_within_the_budget_of_a_lookup() -> None:
    many = Names(
        [f"MGI:{number}" for number in range(20_000)],
        [f"{'ABCDEFGHIJKLMNOPQRST'[n % 20]}ene{n}" for n in range(20_000)],
    )
    many.near("Aene1x")

    start = time.perf_counter()
    many.near("Aene12x")

    assert time.perf_counter() - start < 0.2
