"""The companion files: ontology, orthologues, interactions, annotations, constraint, by their public names."""

from pathlib import Path

import numpy as np
import pandas as pd

from muster.catalog import catalog
from muster.simulator import categories, references
from muster.simulator.chance import stream
from muster.simulator.consortium import Consortium
from muster.simulator.headers import header
from muster.simulator.human_phenotypes import human_phenotypes
from muster.simulator.knowledge import (
    BIOGRID,
    STRING,
    constraint,
    embryo_expression,
    interactions,
    protein_levels,
)
from muster.simulator.vocabulary import offers, rows
from muster.simulator.writing import table, write_gzip

STAGES = [*range(4, 29), 34, 35, 36]
UNKNOWN_SHARE = 0.06
"""Genes the constraint sources know nothing about."""
STAINED = 0.75
"""Genes with an antibody."""
LEVELS = {"Tclin": 0.97, "Tchem": 0.9, "Tbio": 0.3}
"""From which rank of study a target has the level."""
ESSENTIAL_BELOW = -0.5
TARGET_FAMILIES = ["", "", "", "Enzyme", "TF", "Kinase", "GPCR", "IC", "Transporter", "Epigenetic"]


def write_companions(consortium: Consortium, folder: Path) -> None:
    """Write the companion files that anything is made from into `folder`, the release history excepted."""
    files = {
        "mp_ontology": references.ontology(),
        "mp_vocabulary": references.vocabulary(),
        "orthologues": _orthologues(consortium.genes),
        "gene_constraint": _constraint(consortium),
        "gene_families": _families(consortium.genes),
        "idg_targets": _targets(consortium),
        "human_phenotypes": human_phenotypes(consortium),
        "string_interactions": _string(consortium),
        "biogrid_interactions": _biogrid(consortium),
        "go_annotations": references.go_annotations(consortium),
        "go_ontology": references.go_ontology(consortium),
        "ensembl_genes": references.ensembl_genes(consortium.genes),
        "hgnc_orthologues": references.hgnc_orthologues(consortium.genes),
        "impress_parameters": references.impress_parameters(),
        "reactome_annotations": _memberships(consortium, "reactome", "R-HSA-99{:05d}"),
        "reactome_pathways": _pathways(consortium),
        "protein_levels": _protein_levels(consortium),
        "embryo_expression": _embryo_expression(consortium),
        "mp_chooser": _mp_chooser(),
        "category_remapping": categories.remapping(),
    }
    for name, text in files.items():
        write_gzip(folder / catalog().companions[name].path, text)


def _orthologues(genes: pd.DataFrame) -> str:
    known = genes[genes["human_symbol"] != ""].sort_values("human_symbol")
    columns = [known[name] for name in ("human_symbol", "human_entrez_id", "symbol", "gene_id")]
    return table([], columns, separator="\t")


def _constraint(consortium: Consortium) -> str:
    genes = consortium.genes
    values = constraint(genes, consortium.seed)
    chance = stream(consortium.seed, "constraint", "missing")
    scores = chance.uniform(0, 1, (2, len(genes)))
    columns = {
        "hgnc_id": genes["hgnc_id"],
        "gene_symbol": genes["human_symbol"],
        "mgi_id": genes["gene_id"].where(genes["is_one_to_one"], "-"),
        **_interval("oe_lof", values["loeuf"] * 0.7, values["loeuf"] * 0.5, values["loeuf"]),
        **_interval("oe_mis", values["missense_oe"] - 0.1, values["missense_oe"] - 0.2, values["missense_oe"]),
        "shet_rgcme_mean": values["shet"] * 1.1,
        "shet_rgcme_lower": values["shet"] * 0.6,
        "shet_rgcme_upper": values["shet"] * 1.9,
        "shet_post_mean": values["shet"],
        "shet_post_lower_95": values["shet"] * 0.5,
        "shet_post_upper_95": values["shet"] * 2.0,
        "domino_score": scores[0],
        "scones_score": scores[1],
        "mean_depmap_gene_effect_score": values["depmap"],
        "depmap_essential_05": np.where(values["depmap"] < ESSENTIAL_BELOW, "y", "n"),
        "depmap_essential_1": np.where(values["depmap"] < 2 * ESSENTIAL_BELOW, "y", "n"),
        "h1_mef_BF": values["h1_mef_bf"],
        "h1_laminin_BF": values["h1_laminin_bf"],
    }
    names = header("gene_constraint")
    frame = pd.DataFrame(columns).reindex(columns=names)
    numeric = frame.select_dtypes("number").columns
    frame[numeric] = frame[numeric].round(5)
    texts = (
        frame.astype(object)
        .where(np.broadcast_to(chance.random((len(frame), 1)) > UNKNOWN_SHARE, frame.shape), "-")
        .fillna("-")
    )
    texts[names[:3]] = frame[names[:3]]
    texts = texts[genes["human_symbol"] != ""].drop_duplicates("gene_symbol")
    return table(names, [texts[name] for name in names])


def _interval(name: str, middle: pd.Series, lower: pd.Series, upper: pd.Series) -> dict[str, pd.Series]:
    return {name: middle, f"{name}_lower": lower, f"{name}_upper": upper}


def _families(genes: pd.DataFrame) -> str:
    known = genes[genes["human_symbol"] != ""].drop_duplicates("human_symbol").sort_values("panther_family")
    number = known["panther_family"].str.removeprefix("PTHR")
    member = known.groupby("panther_family").cumcount() + 1
    columns = {
        "mgi_id": known["gene_id"].where(known["is_one_to_one"], "-"),
        "hgnc_id": known["hgnc_id"],
        "human_symbol": known["human_symbol"],
        "panther_family": known["panther_family"],
        "family_name": "SIMULATED FAMILY " + number,
        "panther_subfamily": known["panther_family"] + ":SF" + member.astype(str),
        "subfamily_name": "SIMULATED FAMILY " + number + ", MEMBER " + member.astype(str),
        "panther_class": "-",
    }
    frame = pd.DataFrame(columns)
    return table(list(columns), [frame[name] for name in columns])


def _targets(consortium: Consortium) -> str:
    """How much a human protein is studied: the bias a model must not mistake for biology."""
    genes, chance = consortium.genes, stream(consortium.seed, "targets")
    studied = np.log(genes["popularity"]) + chance.normal(0, 0.5, len(genes))
    rank = studied.rank(pct=True)
    columns = {
        "protein_id": genes.index + 1,
        "human_symbol": genes["human_symbol"],
        "uniprot": [f"Q9SM{number:04d}" for number in genes.index],
        "name": "Simulated protein " + genes["human_symbol"],
        "target_level": np.select([rank > least for least in LEVELS.values()], list(LEVELS), "Tdark"),
        "target_family": chance.choice(TARGET_FAMILIES, size=len(genes)),
        "novelty": np.exp(-2.5 - 1.4 * studied).round(8),
    }
    frame = pd.DataFrame(columns)
    frame = frame[frame["human_symbol"] != ""].drop_duplicates("human_symbol")
    return table(list(columns), [frame[name] for name in columns])


def _string(consortium: Consortium) -> str:
    pairs = interactions(consortium.genes, STRING, consortium.seed)
    return _edges(consortium.genes["symbol"].to_numpy(), pairs)


def _biogrid(consortium: Consortium) -> str:
    """Human symbols; genes without an orthologue appear as nothing a mouse gene maps to."""
    genes = consortium.genes
    orphans = "HUMO" + pd.Series(genes.index.astype(str), index=genes.index)
    symbols = genes["human_symbol"].where(genes["human_symbol"] != "", orphans).to_numpy()
    return _edges(symbols, interactions(genes, BIOGRID, consortium.seed))


def _edges(symbols: np.ndarray, pairs: np.ndarray) -> str:
    named = np.sort(symbols[pairs].astype(str), axis=1)
    named = np.unique(named[named[:, 0] != named[:, 1]], axis=0)
    return table(["interactor_a", "interactor_b"], [named[:, 0], named[:, 1]], separator="\t")


def _memberships(consortium: Consortium, source: str, pattern: str) -> str:
    symbols = consortium.genes["human_symbol"].to_numpy()
    rows = [
        (pattern.format(number), symbol)
        for number, members in enumerate(references.gene_sets(consortium, source))
        for symbol in sorted(set(symbols[members]) - {""})
    ]
    return table(["term_id", "gene_symbol"], list(zip(*rows, strict=True)))


def _pathways(consortium: Consortium) -> str:
    symbols = consortium.genes["human_symbol"].to_numpy()
    return "".join(
        "\t".join([f"Simulated pathway {number}", f"R-HSA-99{number:05d}", *sorted(set(symbols[members]) - {""})])
        + "\n"
        for number, members in enumerate(references.gene_sets(consortium, "reactome"))
    )


def _protein_levels(consortium: Consortium) -> str:
    genes = consortium.genes
    levels = pd.DataFrame(protein_levels(genes, consortium.seed), columns=header("protein_levels")[1:])
    texts = levels.astype("Int64").astype(object).where(levels.notna(), "")
    chance = stream(consortium.seed, "protein_levels", "stained")
    stained = (
        (genes["human_symbol"] != "") & ~genes["human_symbol"].duplicated() & (chance.random(len(genes)) < STAINED)
    )
    texts, symbols = texts[stained], genes["human_symbol"][stained]
    return table(["human_symbol", *levels.columns], [symbols, *(texts[column] for column in levels.columns)])


def _embryo_expression(consortium: Consortium) -> str:
    genes = consortium.genes
    values = embryo_expression(genes, len(STAGES), consortium.seed)
    comment = [
        "# Expression Atlas",
        "# Query: Genes matching: 'default query', simulated",
        f"# Selected columns: {len(STAGES)} (all)",
        "# Timestamp: Thu, 11-Jul-2019 12:12:30",
    ]
    names = ["Gene ID", "Gene Name", *(f"{stage}-somite stage" for stage in STAGES)]
    body = table(names, [genes["ensembl_id"], genes["symbol"], *values.T], separator="\t")
    return "\n".join([*comment, body])


def _mp_chooser() -> str:
    choices: list[tuple[object, ...]] = [
        (
            offer.pipeline_id,
            offer.procedure_id.rsplit("_", 1)[0],
            offer.parameter_id,
            "UNSPECIFIED",
            event.upper(),
            "OVERALL",
            term,
        )
        for offer in rows(offers())
        for event in ("increased", "decreased", "abnormal")
        if (term := getattr(offer, event))
    ]
    for pipeline in sorted(set(offers()["pipeline_id"])):
        for level, term in [("Homozygous - Lethal", "MP:0011100"), ("Homozygous - Subviable", "MP:0011110")]:
            choices.append((pipeline, "IMPC_VIA", "IMPC_VIA_001_001", "UNSPECIFIED", "ABNORMAL", level, term))
    names = ["pipeline_stable_id", "procedure_group", "parameter_stable_id", "sex", "outcome", "level", "mp_term_id"]
    # Centres of one pipeline share its choices.
    return table(names, list(zip(*dict.fromkeys(choices), strict=True)))
