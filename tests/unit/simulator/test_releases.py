"""Release files: documented headers, consistent content, and growth from release to release."""

import gzip
import json
from io import StringIO
from pathlib import Path

import pandas as pd

from muster.simulator.headers import header_at


def folder_of(mirror, release: str) -> Path:
    return mirror.folder / f"all-data-releases/release-{release}"


def read(mirror, release: str, name: str) -> pd.DataFrame:
    return pd.read_csv(folder_of(mirror, release) / f"results/{name}.csv.gz", low_memory=False)


def hits_per_gene(mirror, release: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the hits, and the calls without a term that stand below them."""
    path = folder_of(mirror, release) / "results/phenotypeHitsPerGene.csv.gz"
    parts = gzip.decompress(path.read_bytes()).decode().split('\n" "\n')
    upper, lower = (pd.read_csv(StringIO(part), keep_default_na=False) for part in parts)
    return upper, lower


def documents(folder: Path) -> list[dict]:
    parts = sorted(folder.glob("part-*.json.gz"))
    return [json.loads(line) for part in parts for line in gzip.decompress(part.read_bytes()).splitlines()]


def test_headers_are_the_documented_ones(tiny_mirror) -> None:
    assertions = read(tiny_mirror, "22.0", "genotype-phenotype-assertions-ALL")
    statistics = read(tiny_mirror, "22.0", "statistical-results-ALL")
    viability = read(tiny_mirror, "22.0", "viability")
    completeness = read(tiny_mirror, "22.0", "procedureCompletenessAndPhenotypeHits")

    assert list(assertions)[:5] == ["marker_accession_id", "marker_symbol", "phenotyping_center", "colony_id", "sex"]
    assert [frame.shape[1] for frame in (assertions, statistics, viability, completeness)] == [28, 87, 26, 31]


def test_from_24_on_columns_went_and_zygosity_came() -> None:
    viability = header_at("viability", "24.0")

    assert len(header_at("assertions", "24.0")) == 27
    assert "project_fullname" not in header_at("assertions", "24.0")
    assert viability[viability.index("Colony Id") + 1] == "Zygosity"


def test_releases_grow_and_keep_their_genes(tiny_mirror) -> None:
    before, _ = hits_per_gene(tiny_mirror, "22.0")
    after, _ = hits_per_gene(tiny_mirror, "23.0")

    assert [frame["MGI Gene Id"].nunique() for frame in (before, after)] == [420, 480]
    assert set(before["MGI Gene Id"]) <= set(after["MGI Gene Id"])


def test_recomputation_gains_and_loses_calls_of_the_same_lines(tiny_mirror) -> None:
    key = ["colony_id", "zygosity", "parameter_stable_id"]
    before = read(tiny_mirror, "22.0", "statistical-results-ALL")
    after = read(tiny_mirror, "23.0", "statistical-results-ALL")

    both = before.merge(after, on=key, suffixes=("_before", "_after"))
    was, now = both["mp_term_id_before"].notna(), both["mp_term_id_after"].notna()
    assert (was & ~now).sum() >= 20
    assert (now & ~was).sum() >= 15
    assert both["effect_size_before"].corr(both["effect_size_after"]) > 0.9


def test_calls_are_the_significant_results(tiny_mirror) -> None:
    statistics = read(tiny_mirror, "22.0", "statistical-results-ALL")
    assertions = read(tiny_mirror, "22.0", "genotype-phenotype-assertions-ALL")

    tested = statistics[statistics["statistical_method"] != "Supplied as data"]
    assert (tested["mp_term_id"].notna() == (tested["p_value"] < 1e-4)).all()
    of_mp = assertions[assertions["mp_term_id"].str.startswith("MP:")]
    assert len(of_mp) == statistics["mp_term_id"].notna().sum()


def test_hits_per_gene_hold_genes_without_hits_and_join_by_two_colons(tiny_mirror) -> None:
    hits, _ = hits_per_gene(tiny_mirror, "22.0")

    counted = [len(text.split("::")) if text else 0 for text in hits["Phenotype Hits"]]
    assert counted == hits["# Phenotype Hits"].tolist()
    assert 0 in counted


def test_hits_per_gene_have_the_flaws_of_the_real_report(tiny_mirror) -> None:
    hits, nameless = hits_per_gene(tiny_mirror, "22.0")

    twice = hits[hits["MGI Gene Id"].duplicated(keep=False)]
    assert len(twice) == 2
    assert twice["Gene Symbol"].is_unique
    assert hits["Phenotype Hits"].str.contains("hypoactivity").any()
    assert list(nameless) == ["Gene Symbol", "MGI Gene Id", "Missing/obsolete MPATH term"]
    assert set(nameless["Missing/obsolete MPATH term"]) == {"MPATH:999"}


def test_a_term_in_two_systems_has_both_in_one_cell(tiny_mirror) -> None:
    assertions = read(tiny_mirror, "22.0", "genotype-phenotype-assertions-ALL")

    white = assertions[assertions["mp_term_name"] == "decreased leukocyte cell number"]
    assert set(white["top_level_mp_term_id"]) == {"MP:0005387,MP:0005397"}


def test_published_mice_bear_out_the_published_effects(tiny_mirror) -> None:
    points = pd.DataFrame(documents(folder_of(tiny_mirror, "22.0") / "impc_bulk_api/experimental_data_json"))
    fat = points[points["parameter_stable_id"] == "IMPC_DXA_002_001"]
    keys = ["phenotyping_center", "sex"]
    controls = fat[fat["biological_sample_group"] == "control"].groupby(keys)["data_point"].agg(["mean", "std"])

    mutants = fat[fat["biological_sample_group"] == "experimental"].join(controls, on=keys)
    shift = ((mutants["data_point"] - mutants["mean"]) / mutants["std"]).groupby(mutants["colony_id"]).mean()
    statistics = read(tiny_mirror, "22.0", "statistical-results-ALL")
    released = statistics[statistics["parameter_stable_id"] == "IMPC_DXA_002_001"].set_index("colony_id")["effect_size"]
    assert shift.corr(released.reindex(shift.index)) > 0.8


def test_a_legacy_centre_reports_glucose_in_its_own_unit(tiny_mirror) -> None:
    place = folder_of(tiny_mirror, "22.0")
    points = pd.DataFrame(documents(place / "impc_bulk_api/experimental_data_json"))
    units = {row["parameterStableId"]: row["unitX"] for row in documents(place / "impc_kg/parameter_json")}

    middle = points.groupby("parameter_stable_id")["data_point"].median()
    assert (units["ESLIM_015_001_001"], units["IMPC_CBC_018_001"]) == ("mmol/l", "mg/dl")
    assert 8 < middle["ESLIM_015_001_001"] < 16
    assert 150 < middle["IMPC_CBC_018_001"] < 280


def test_one_centre_watches_the_open_field_half_as_long(tiny_mirror) -> None:
    points = pd.DataFrame(documents(folder_of(tiny_mirror, "22.0") / "impc_bulk_api/experimental_data_json"))

    arena = points[points["parameter_name"].str.lower().str.contains("permanence")]
    assert arena.groupby("phenotyping_center")["data_point"].unique().map(list).to_dict()["WTSI"] == [600]
    assert set(arena.loc[arena["phenotyping_center"] != "WTSI", "data_point"]) == {1200}


def test_every_picture_is_recorded_and_lies_where_the_record_says(tiny_mirror) -> None:
    place = folder_of(tiny_mirror, "23.0")
    points = documents(place / "impc_bulk_api/experimental_data_json")
    records = documents(place / "impc_kg/image_record_observation_json")

    pictured = {point["observation_id"] for point in points if point["observation_type"] == "image_record"}
    assert pictured == {record["observationId"] for record in records}
    assert all(
        (tiny_mirror.folder / record["jpegUrl"].lstrip("/")).read_bytes()[:2] == b"\xff\xd8" for record in records
    )
