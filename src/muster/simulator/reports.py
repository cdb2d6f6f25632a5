"""The report files of a release, from its results and viability calls."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from muster.simulator.chance import stream
from muster.simulator.equipment import metadata_group
from muster.simulator.headers import header, header_at
from muster.simulator.vocabulary import centres, terms, top_levels
from muster.simulator.writing import Row, stacked, table

NOTHING = "No information available"
SUPPLIED = "Supplied as data"
VIABILITY_PROCEDURE = ("IMPC_VIA_001", "Viability Primary Screen", "IMPC_VIA_001_001", "Viability Outcome")
PATHOLOGY_PROCEDURE = ("IMPC_HIS_003", "Histopathology", "IMPC_HIS_177_001", "Liver - MPATH diagnostic term")
PATHOLOGIES = {"MPATH:212": "inflammation", "MPATH:134": "hyperplasia", "MPATH:127": "atrophy"}
PATHOLOGY_SHARE = 0.02
OUTDATED = {"MP:0001402": "hypoactivity"}
"""Names that hits still bear after the ontology has changed them."""
NAMELESS, NAMELESS_COUNT = "MPATH:999", 3
"""A pathology term that is gone: its calls stand below the hits."""

LINE_COLUMNS = {
    "marker_accession_id": "gene_id",
    "marker_symbol": "symbol",
    "phenotyping_center": "centre",
    "colony_id": "colony_id",
    "zygosity": "zygosity",
    "allele_accession_id": "allele_id",
    "allele_symbol": "allele_symbol",
    "allele_name": "allele_name",
    "strain_accession_id": "strain_id",
    "strain_name": "strain",
    "project_name": "project",
    "project_fullname": "project_fullname",
    "pipeline_name": "pipeline_name",
    "pipeline_stable_id": "pipeline_id",
    "procedure_stable_id": "procedure_id",
    "procedure_name": "procedure_name",
    "parameter_stable_id": "parameter_id",
    "parameter_name": "parameter_name",
    "resource_name": "resource",
    "resource_fullname": "resource",
}
"""IMPC's column names and ours."""


def with_places(frame: pd.DataFrame) -> pd.DataFrame:
    """Add what depends on the centre alone: project, resource, strain."""
    names = ["project", "project_fullname", "resource", "strain", "strain_id", "pipeline_name"]
    of_centre = centres()[names].iloc[frame["centre_index"]].set_axis(frame.index)
    return frame.assign(**{name: of_centre[name] for name in names})


def viability_results(calls: pd.DataFrame) -> pd.DataFrame:
    """Return viability calls as results: read off the cages, so without a test."""
    procedure_id, procedure_name, parameter_id, parameter_name = VIABILITY_PROCEDURE
    pipelines = centres()["pipeline_id"].iloc[calls["centre_index"]].to_numpy()
    return calls.assign(
        zygosity=np.where(calls["is_hemizygous"], "hemizygote", "homozygote"),
        pipeline_id=pipelines,
        procedure_id=procedure_id,
        procedure_name=procedure_name,
        parameter_id=parameter_id,
        parameter_name=parameter_name,
        status="Successful",
        called_sex="not_considered",
        is_significant=calls["mp_term_id"] != "",
        is_supplied=True,
    )


def statistical_results(results: pd.DataFrame, release: str, engine: str, seed: int) -> list[list[object]]:
    """Return the columns of the statistical results in the order of the header."""
    frame = with_places(results)
    supplied = frame["is_supplied"].fillna(False).astype(bool)
    scale = frame["sd"] / frame["divisor"]
    version = 1_600_000_000_000_000_000 + stream(seed, "version", release).integers(0, 2**40, len(frame))
    columns: dict[str, Iterable[object]] = {
        **_line_columns(frame),
        "_version_": version,
        "data_type": np.where(supplied, "line", "unidimensional"),
        "dependent_variable": frame["parameter_id"],
        "doc_id": np.arange(len(frame)),
        "status": frame["status"],
        "statistical_method": np.where(supplied, SUPPLIED, _method(engine)),
        "control_selection_method": "baseline_all",
        "metadata_group": _metadata_groups(frame),
        "female_mutant_count": _whole(frame["female_count"].where(~supplied)),
        "male_mutant_count": _whole(frame["male_count"].where(~supplied)),
        "female_control_count": _whole(frame["estimate"].notna() * 80.0),
        "male_control_count": _whole(frame["estimate"].notna() * 80.0),
        "p_value": _number(frame["p_value"]),
        "effect_size": _number(frame["estimate"]),
        "genotype_effect_p_value": _number(frame["p_value"]),
        "genotype_effect_parameter_estimate": _number(frame["estimate"] * scale),
        "genotype_effect_stderr_estimate": _number(frame["standard_error_estimate"] * scale),
        "female_ko_effect_p_value": _number(frame["female_p_value"]),
        "male_ko_effect_p_value": _number(frame["male_p_value"]),
        "female_ko_parameter_estimate": _number(frame["female_estimate"] * scale),
        "male_ko_parameter_estimate": _number(frame["male_estimate"] * scale),
        "interaction_significant": "true",
        "batch_significant": "true",
        "variance_significant": "false",
        "group_1_genotype": "control",
        "group_2_genotype": "experimental",
        "classification_tag": np.where(frame["is_significant"], "Both genders equally", "Not significant"),
        **_term_columns(frame["mp_term_id"].fillna("")),
    }
    return [_filled(columns.get(name, ""), len(frame)) for name in header_at("statistical_results", release)]


def assertions(results: pd.DataFrame, release: str, engine: str, seed: int) -> list[list[object]]:
    """Return the columns of the significant calls, pathology included."""
    calls = results[results["is_significant"]]
    frame = with_places(pd.concat([calls, pathologies(results, seed)], ignore_index=True))
    supplied = frame["is_supplied"].fillna(False).astype(bool)
    change = 100 * frame["estimate"] * frame["sd"] / frame["female_mean"]
    columns: dict[str, Iterable[object]] = {
        **_line_columns(frame),
        "sex": frame["called_sex"],
        "p_value": _number(frame["p_value"].where(~supplied, 0.0)),
        "percentage_change": [("" if np.isnan(value) else f"{value:.1f}%") for value in change],
        "effect_size": _number(frame["estimate"].where(~supplied, 1.0)),
        "statistical_method": np.where(supplied, SUPPLIED, _method(engine)),
        **_term_columns(frame["mp_term_id"]),
    }
    return [_filled(columns.get(name, ""), len(frame)) for name in header_at("assertions", release)]


def pathologies(results: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return findings of the microscope: terms of another ontology, few and by chance."""
    chance = stream(seed, "pathologies")
    count = int(results["line"].max()) + 1
    found = chance.random(count) < PATHOLOGY_SHARE
    terms_found = chance.choice(list(PATHOLOGIES), count)
    lines = results.drop_duplicates("line")
    lines = lines[found[lines["line"]]]
    procedure_id, procedure_name, parameter_id, parameter_name = PATHOLOGY_PROCEDURE
    return lines.assign(
        mp_term_id=terms_found[lines["line"]],
        procedure_id=procedure_id,
        procedure_name=procedure_name,
        parameter_id=parameter_id,
        parameter_name=parameter_name,
        called_sex="no data",
        is_supplied=True,
        estimate=np.nan,
    )


def hits_per_gene(results: pd.DataFrame, seed: int) -> str:
    """Return every phenotyped gene with the names of its calls, in the order of the genes' numbers.

    The first gene with a call stands under an older symbol too, some names are outdated, and below the table stand
    the calls whose term has no name any more.
    """
    hits: dict[tuple[str, str], dict[str, None]] = {}
    called = pd.concat([results, pathologies(results, seed).assign(is_significant=True)])
    for row in called.sort_values("gene", kind="stable").itertuples():
        names = hits.setdefault((str(row.symbol), str(row.gene_id)), {})
        if row.is_significant:
            names[OUTDATED.get(str(row.mp_term_id)) or term_name(str(row.mp_term_id))] = None
    (symbol, gene_id), names = next(found for found in hits.items() if found[1])
    hits[f"{symbol}-rs1", gene_id] = dict.fromkeys(list(names)[:1])
    body: list[Row] = [[*gene, len(names), "::".join(names)] for gene, names in hits.items()]
    nameless = pathologies(results, seed).head(NAMELESS_COUNT)
    tail: list[Row] = [[row.symbol, row.gene_id, NAMELESS] for row in nameless.itertuples()]
    upper, lower = (header(name) for name in ("phenotype_hits_per_gene", "obsolete_pathology_terms"))
    return stacked([upper, *body, [" "], lower, *tail])


def completeness(results: pd.DataFrame) -> str:
    """Return which procedures and parameters were analysed per line, sets joined by `|`, `None` where empty."""
    frame = with_places(results).sort_values(["line", "zygosity"], kind="stable")
    groups = groupby(frame.itertuples(), key=lambda row: (row.line, row.zygosity))
    rows = [_completed(list(group)) for _, group in groups]
    return table(header("procedure_completeness"), list(zip(*rows, strict=True)), quote_all=True)


def _completed(group: list[Any]) -> list[object]:
    first = group[0]
    done = [row for row in group if row.status == "Successful"]
    undone = [row for row in group if row.status != "Successful"]
    can = {term for row in done for term in (row.increased, row.decreased, row.mp_term_id) if isinstance(term, str)}
    called = {row.mp_term_id for row in done if row.is_significant}
    cells: list[object] = [first.symbol, first.gene_id, first.allele_symbol, first.allele_id, first.strain]
    cells += [first.strain_id, first.colony_id, first.centre, first.zygosity, "Early adult"]
    for subject in ("procedure", "parameter"):
        for part in (done, undone):
            cells += _set({getattr(row, f"{subject}_id"): getattr(row, f"{subject}_name") for row in part})
    for chosen in (_tops(can - {""}), _tops(called), called):
        cells += _set({term: term_name(term) for term in sorted(chosen)})
    return cells


def viability(calls: pd.DataFrame, release: str) -> str:
    """Return the viability report; all cells quoted."""
    is_hemizygous = calls["is_hemizygous"].to_numpy()
    columns: dict[str, Iterable[object]] = {
        "Gene Symbol": calls["symbol"],
        "Gene Accession Id": calls["gene_id"],
        "Allele Symbol": calls["allele_symbol"],
        "Allele Accession Id": calls["allele_id"],
        "Background Strain Name": calls["strain"],
        "Background Strain Accession Id": calls["strain_id"],
        "Chromosome": np.where(is_hemizygous, "X", NOTHING),
        "Phenotyping Center": calls["centre"],
        "Colony Id": calls["colony_id"],
        "Zygosity": np.where(is_hemizygous, "hemizygote", "homozygote"),
        "Breeding Strategy": "Het x Het",
        "Total # Pups": calls["pups"],
        "Total # Male Pups": calls[["hom_males", "wt_males", "het_males"]].sum(axis=1),
        "Total # Female Pups": calls[["hom_females", "wt_females", "het_females"]].sum(axis=1),
        "Total # Hom Males": np.where(is_hemizygous, 0, calls["hom_males"]),
        "Total # Hom Females": calls["hom_females"],
        "Total # Hem Males": np.where(is_hemizygous, calls["hom_males"], 0),
        "Total # WT Males": calls["wt_males"],
        "Total # WT Females": calls["wt_females"],
        "Total # Het Males": calls["het_males"],
        "Total # Het Females": calls["het_females"],
        "Percentage HOMs / HEMs": calls["percentage"],
        "Supporting Data": NOTHING,
        "Viability Phenotype HOMs/HEMIs": calls["call"],
        "Viability Call Method": "computed",
        "Comment": calls["comment"],
        "Procedure Link": "",
    }
    names = header_at("viability", release)
    return table(names, [_filled(columns[name], len(calls)) for name in names], quote_all=True)


def term_name(term: str) -> str:
    """Return the name of an MP or MPATH term."""
    return PATHOLOGIES.get(term) or str(terms().at[term, "mp_term_name"])


def _line_columns(frame: pd.DataFrame) -> dict[str, Iterable[object]]:
    return {name: frame[own] for name, own in LINE_COLUMNS.items()}


def _term_columns(ids: pd.Series) -> dict[str, Iterable[object]]:
    tops = {term: top_levels(term) if term.startswith("MP:") else () for term in set(ids)}
    return {
        "mp_term_id": ids,
        "mp_term_name": [term_name(term) if term else "" for term in ids],
        "top_level_mp_term_id": [",".join(tops[term]) for term in ids],
        "top_level_mp_term_name": [",".join(term_name(top) for top in tops[term]) for term in ids],
    }


def _metadata_groups(frame: pd.DataFrame) -> list[str]:
    pairs = zip(frame["centre_index"], frame["procedure_id"], strict=True)
    return [metadata_group(int(centre), str(procedure), 0) for centre, procedure in pairs]


def _tops(chosen: set[str]) -> set[str]:
    return {top for term in chosen for top in top_levels(term)}


def _set(names: dict[str, str]) -> list[object]:
    return ["|".join(names.values()) or "None", "|".join(names) or "None", len(names)]


def _method(engine: str) -> str:
    return "Linear Mixed Model framework, LME, including Weight" if "OpenStats" in engine else "Mixed Model framework"


def _number(values: pd.Series) -> list[str]:
    return ["" if np.isnan(value) else f"{value:.6g}" for value in values.astype(float)]


def _whole(values: pd.Series) -> list[str]:
    return ["" if np.isnan(value) else f"{value:.0f}" for value in values.astype(float)]


def _filled(column: Iterable[object], count: int) -> list[object]:
    return [column] * count if isinstance(column, str) else list(column)
