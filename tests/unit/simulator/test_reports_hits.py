"""What the reports count is what the assertions say."""

import pandas as pd


def frame(table: list[list[str]]) -> pd.DataFrame:
    return pd.DataFrame(table[1:], columns=table[0])


def test_hits_per_parameter_and_procedure_are_the_assertions(files, sections, assertions) -> None:
    calls = assertions("22.0")

    for subject, column in (("Parameter", "parameter_stable_id"), ("Procedure", "procedure_stable_id")):
        (table,) = sections(files("22.0")[f"results/phenotypeHitsPer{subject}.csv.gz"])
        counted = frame(table).set_index(f"{subject} Id")["# Significant Hits"].astype(int)
        assert counted.groupby(level=0).sum().to_dict() == calls[column].value_counts().to_dict()


def test_colonies_by_hits_are_all_colonies_and_all_calls(files, sections, said, assertions) -> None:
    (table,) = sections(files("22.0")["results/phenotypeHitsPerLine.csv.gz"])
    hits, *_, colonies = (frame(table)[column].astype(int) for column in table[0])

    assert (hits * colonies).sum() == len(assertions("22.0"))
    assert colonies.sum() == said("22.0")[0].results["colony_id"].nunique()


def test_top_level_terms_have_three_tables_without_the_reproductive_system(files, sections, assertions) -> None:
    tables = sections(files("22.0")["results/phenotypeHitsPerTopLevelMPTerm.csv.gz"])

    calls = assertions("22.0")
    growth = calls[calls["top_level_mp_term_name"].fillna("").str.contains("growth/size/body region phenotype")]
    rows = [frame(table).set_index("Top Level MP Term").loc["growth/size/body region phenotype"] for table in tables]
    assert [int(row.iloc[0]) for row in rows] == [
        len(growth),
        growth["colony_id"].nunique(),
        growth["marker_accession_id"].nunique(),
    ]
    assert not any("reproductive" in row[0] for table in tables for row in table)


def test_genes_by_term_and_zygosity_are_followed_by_genes_by_centre(files, sections, assertions) -> None:
    by_term, by_centre = sections(files("22.0")["results/geneAndMPTermAssociation.csv.gz"])

    calls = assertions("22.0")
    counted = calls[~calls["parameter_stable_id"].str.contains("VIA") & calls["top_level_mp_term_id"].notna()]
    genes = counted[counted["zygosity"] == "homozygote"]
    assert frame(by_centre)["Hom"].replace("", "0").astype(int).sum() == len(genes)
    assert by_term[0] == ["MP Term", "Zygosity", "# Genes", "Gene Symbol (Gene Accession Id)"]


def test_the_old_reports_have_their_old_headings(files, sections) -> None:
    hits = sections(files("10.1")["reports/hitsPerParameterAndProcedureReport.csv.gz"])
    genes = sections(files("10.1")["reports/zygosityReport.csv.gz"])

    assert [table[0] for table in hits] == [
        ["Parameter Id", "Parameter Name", "# significant hits"],
        ["Procedure Id", "Procedure Name", "# significant hits"],
    ]
    assert genes[1][0] == ["Marker symbol", "Center", "Viability", "Hom", "Het", "Hemi", "Link to Gene page"]
