import pytest

from muster.graph.selection import Selection, UnknownGeneError, select


def test_genes_are_found_by_symbol_in_any_case_or_by_accession(six_genes: str) -> None:
    part = select(six_genes, Selection(["aaa", "MGI:4"], hops=0))

    assert part.nodes["name"].tolist() == ["Aaa", "Ddd"]


def test_an_unknown_gene_is_told_with_names_like_it(six_genes: str) -> None:
    with pytest.raises(UnknownGeneError, match=r"^release 1\.0 has no gene Aab: did you mean .*Aaa"):
        select(six_genes, Selection(["Bbb", "Aab"]))
