"""Fertility, the reporter's expression and FUSIL, as the lines have them."""

import pandas as pd


def frame(table: list[list[str]]) -> pd.DataFrame:
    return pd.DataFrame([[*row, *[""] * (len(table[0]) - len(row))] for row in table[1:]], columns=table[0])


def test_the_summary_of_fertility_counts_the_genes_of_its_lines(files, sections) -> None:
    texts = files("24.0")
    (summary,) = sections(texts["results/fertility-1-summary.csv.gz"])
    (detailed,) = sections(texts["results/fertility-3-detailed.csv.gz"])

    lines = frame(detailed)
    females = lines[(lines["Sex"] == "female") & (lines["Phenotype"] == "Infertile")]
    told = {row[0]: row[1:] for row in summary[1:]}
    assert len(told) == 6
    assert told["Females infertile"] == [str(females["Gene Symbol"].nunique()), *sorted(set(females["Gene Symbol"]))]


def test_genes_in_conflict_are_marked_in_their_lines(files, sections) -> None:
    texts = files("24.0")
    (conflicts,) = sections(texts["results/fertility-2-conflicting.csv.gz"])
    (detailed,) = sections(texts["results/fertility-3-detailed.csv.gz"])

    lines = frame(detailed)
    named = {symbol for row in conflicts[:2] for symbol in row[2:]}
    assert named
    assert set(lines.loc[lines["Comment"] == "Conflicting Data", "Gene Symbol"]) == named
    assert {len(row) for row in detailed} == {11, 12}


def test_a_dead_line_has_no_fertility(files, sections, said) -> None:
    (detailed,) = sections(files("24.0")["results/fertility-3-detailed.csv.gz"])

    calls = said("24.0")[0].calls
    lethal = set(calls.loc[calls["call"] == "lethal", "colony_id"])
    assert lethal
    assert not lethal & set(frame(detailed)["Colony Id"])


def test_stained_mice_have_a_column_an_anatomy(files, sections) -> None:
    (table,) = sections(files("22.0")["results/laczExpression.csv.gz"])

    stained = frame(table)
    assert list(stained)[-2:] == ["LacZ Images Wholemount", "LacZ Images Section"]
    assert set(stained["Brain"]) <= {"expression", "no expression", "ambiguous", ""}
    assert stained["Allele Symbol"].str.contains("tm1b").all()
    assert stained["External Sample Id"].is_unique


def test_each_gene_with_a_viability_call_is_in_one_bin(files, sections, said) -> None:
    (table,) = sections(files("22.0")["results/fusil.csv.gz"])

    genes, calls = frame(table), said("22.0")[0].calls
    assert sorted(genes["gene_accession_id"]) == sorted(set(calls["gene_id"]))
    assert set(genes["fusil"]) == {"CL", "DL", "SV", "VP", "VN"}
    lethal = set(calls.loc[calls["call"] == "lethal", "gene_id"])
    assert set(genes.loc[genes["fusil"].isin(["CL", "DL"]), "gene_accession_id"]) == lethal
    cellular = set(calls.loc[calls["is_cellular"], "gene_id"])
    assert set(genes.loc[genes["fusil"] == "CL", "gene_accession_id"]) == lethal & cellular
