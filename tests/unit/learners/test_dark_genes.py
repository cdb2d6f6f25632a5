import json

import numpy as np
import pandas as pd
import pytest

from muster.learners.dark_genes import dark_genes
from muster.learners.prediction_table import PredictionTable

GENES = ["MGI:1", "MGI:2", "MGI:3", "MGI:4"]


@pytest.fixture
def genes() -> pd.DataFrame:
    levels = ["Tdark", "Tdark", "Tbio", "Tdark"]
    return pd.DataFrame({"symbol": ["A", "B", "C", "D"], "target_level": levels}, index=pd.Index(GENES, name="gene_id"))


@pytest.fixture
def found() -> PredictionTable:
    """Two terms: the second cannot be told from chance. MGI:1 is tested, MGI:3 well known, MGI:4 below the prior."""
    terms = pd.DataFrame({"mp_term_id": ["MP:1", "MP:2"], "mp_term_name": ["short tail", "cataract"]})
    terms = terms.assign(prevalence=0.1, auroc=[0.7, 0.6], auroc_low=[0.65, 0.49], auroc_high=[0.75, 0.7])
    rank = np.array([[0, 0], [2, 1], [1, 2], [3, 3]], np.int32)
    probability = np.array([[0.9, 0.9], [0.4, 0.4], [0.5, 0.3], [0.05, 0.2]], np.float32)
    return PredictionTable(GENES, terms, probability, rank, rank > 0)


@pytest.fixture
def explanations() -> pd.DataFrame:
    told = {"reasons": json.dumps(["interacts with X"]), "against": json.dumps(["Y is normal"])}
    paths = json.dumps([{"metapath": "string", "path": "B -STRING- X", "weight": 0.5}])
    return pd.DataFrame([{"gene_id": "MGI:2", "mp_term_id": "MP:1", "paths": paths, **told}])


def test_only_untested_dark_genes_above_the_prior_of_a_predictable_term_are_listed(
    found: PredictionTable, genes: pd.DataFrame, explanations: pd.DataFrame
) -> None:
    listed = dark_genes(found, genes, explanations)

    assert listed[["gene_id", "mp_term_id"]].to_numpy().tolist() == [["MGI:2", "MP:1"]]
    assert listed.loc[0, "probability_over_prior"] == 4.0
    assert (listed.loc[0, "auroc_low"], listed.loc[0, "auroc"]) == (0.65, 0.7)


def test_the_list_says_why_and_what_speaks_against(
    found: PredictionTable, genes: pd.DataFrame, explanations: pd.DataFrame
) -> None:
    row = dark_genes(found, genes, explanations).iloc[0]

    assert json.loads(row["why"]) == ["interacts with X"]
    assert row["path"] == "B -STRING- X"
    assert json.loads(row["against"]) == ["Y is normal"]


def test_without_dark_genes_the_list_is_empty_and_has_its_columns(
    found: PredictionTable, genes: pd.DataFrame, explanations: pd.DataFrame
) -> None:
    listed = dark_genes(found, genes.assign(target_level=None), explanations)

    assert listed.empty
    assert "probability_over_prior" in listed
