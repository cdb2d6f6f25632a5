"""What is read out of the finished predictions for people: dark genes that light up, and which gene to test next."""

from pathlib import Path

from muster import lake
from muster.learners import advisor, dark_genes
from muster.learners.feature_matrix import FeatureMatrix
from muster.learners.prediction_table import read_predictions


def write_lists(target: Path, release: str, columns: list[str], features: FeatureMatrix) -> None:
    """Write features.json, dark_genes.parquet and advisor.parquet from the files of a model and the marts it saw.

    `columns` names everything the boosters were given, `features` is the static part of it.
    """
    lake.write_json(target / "features.json", {"names": columns, "release": release})
    found = read_predictions(target)
    genes = lake.read(release, "genes", "gene_id, coalesce(symbol, gene_id) as symbol, target_level").df()
    genes = genes.sort_values("gene_id").set_index("gene_id")
    dark_genes.write(target, found, genes)
    places = [features.names.index(name) for name in advisor.STUDY]
    genes[list(advisor.STUDY)] = features.values[:, places]
    advice = advisor.advise(found, genes, systems(release))
    advice.to_parquet(target / "advisor.parquet", index=False, compression="zstd")


def systems(release: str) -> dict[str, list[str]]:
    """Return by name of a body system (top-level term) the terms in it; none where the release does not say."""
    terms = lake.read(release, "terms").df()
    if "top_level_ids" not in terms:
        return {}
    names = dict(zip(terms["mp_term_id"], terms["mp_term_name"], strict=True))
    pairs = terms[["mp_term_id", "top_level_ids"]].explode("top_level_ids").dropna()
    grouped = pairs.groupby("top_level_ids")["mp_term_id"]
    return {str(names.get(system, system)): sorted(members) for system, members in grouped}
