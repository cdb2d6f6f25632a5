"""The truth beside the mirror agrees with what the mirror shows."""

import pandas as pd

from muster.reading.ontology import read_terms


def read(mirror, name: str) -> pd.DataFrame:
    return pd.read_csv(mirror.folder / f"truth/{name}.csv")


def test_likely_terms_are_called_more_often(tiny_mirror) -> None:
    truth = read(tiny_mirror, "term_probabilities")
    results = pd.read_csv(
        tiny_mirror.folder / "all-data-releases/release-22.0/results/genotype-phenotype-assertions-ALL.csv.gz"
    )

    called = set(zip(results["marker_accession_id"], results["mp_term_id"], strict=True))
    likely = truth[truth["mp_term_id"].eq("MP:0001402") & truth["probability"].gt(0.6)]
    share = pd.Series([(gene, "MP:0001402") in called for gene in likely["gene_id"]]).mean()
    everybody = sum(term == "MP:0001402" for _, term in called) / 700
    assert share > 4 * everybody


def test_some_pictures_are_filed_under_the_wrong_view(tiny_mirror) -> None:
    pictures = read(tiny_mirror, "images")

    assert len(pictures) == 160
    assert 4 <= pictures["is_misfiled"].sum() <= 10
    assert (pictures["is_misfiled"] == (pictures["shown"] != pictures["filed"])).all()


def test_open_fields_differ_between_centres_more_than_bones(tiny_mirror) -> None:
    centres = read(tiny_mirror, "centres")

    spread = centres.groupby("trait")["scale"].agg(lambda scale: scale.max() / scale.min())
    assert spread["distance"] > 2
    assert spread["caudal_vertebrae"] == 1


def test_many_terms_have_enough_positives_to_learn_from(tiny_mirror) -> None:
    ontology = pd.DataFrame(read_terms(tiny_mirror.folder / "companions/mp.obo.gz", "MP:")).set_index("mp_term_id")
    calls = pd.read_csv(
        tiny_mirror.folder / "all-data-releases/release-22.0/results/genotype-phenotype-assertions-ALL.csv.gz"
    )

    def lineage(term: str) -> set[str]:
        parents = str(ontology.at[term, "parent_ids"]).split("|") if pd.notna(ontology.at[term, "parent_ids"]) else []
        return {term}.union(*(lineage(parent) for parent in parents))

    calls = calls[calls["mp_term_id"].isin(ontology.index)]
    closed = calls.assign(term=calls["mp_term_id"].map(lineage)).explode("term")
    genes = closed.groupby("term")["marker_accession_id"].nunique()
    assert (genes >= 50).sum() >= 8
