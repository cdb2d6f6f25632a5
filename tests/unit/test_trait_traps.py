"""Parameters that look like something else, as they were settled; each has its note in the seed."""

import csv
from pathlib import Path

import pytest

SEEDS = Path(__file__).resolve().parents[2] / "dbt" / "seeds"


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


PARAMETERS = {row["parameter_stem"]: row for row in seed("parameter_traits")}
STEMS = {row["parameter_prefix"]: row for row in seed("parameter_stems")}


@pytest.mark.parametrize(
    ("right", "left"),
    [
        ("IMPC_XRY_008", "IMPC_XRY_009"),
        ("CCP_XRY_008", "CCP_XRY_009"),
        ("HAS_XRY_008", "HAS_XRY_009"),
        ("ESLIM_006_001_016", "ESLIM_006_001_015"),
        ("M-G-P_006_001_016", "M-G-P_006_001_015"),
        ("GMC_925_001_016", "GMC_925_001_015"),
        ("HAROLD_006_001_016", "HAROLD_006_001_015"),
    ],
)
def test_ribs_are_on_the_side_each_pipeline_gives_them(right: str, left: str) -> None:
    assert PARAMETERS[right]["trait_id"] == "ribs_right"
    assert PARAMETERS[left]["trait_id"] == "ribs_left"


def test_both_versions_of_qtc_are_one_trait() -> None:
    assert PARAMETERS["IMPC_ECG_009"]["trait_id"] == "qtc_interval"
    assert [stem for stem in PARAMETERS if stem.startswith("IMPC_ECG_009_")] == []
    assert "IMPC_ECG_" not in STEMS


def test_a_heart_rate_labelled_ms_is_not_converted() -> None:
    assert PARAMETERS["GMC_910_001_008"]["trait_id"] == "heart_rate"
    assert PARAMETERS["GMC_910_001_008"]["unit"] == "ms"
    (reading,) = [r for r in seed("unit_readings") if (r["trait_id"], r["unit"]) == ("heart_rate", "ms")]
    assert reading["factor"] == "1"


def test_global_inhibition_is_a_percentage_whatever_its_label() -> None:
    assert PARAMETERS["ESLIM_011_001_705"]["unit"] == "%"
    (reading,) = [r for r in seed("unit_readings") if (r["trait_id"], r["unit"]) == ("prepulse_inhibition", "ratio")]
    assert reading["factor"] == "1"


@pytest.mark.parametrize(
    ("stem", "trait_id"),
    [
        ("IMPC_ACS_035", "prepulse_inhibition_3"),
        ("HAS_ACS_035", "prepulse_inhibition_1"),
        ("IMPC_ACS_037", "prepulse_inhibition"),
        ("HAS_ACS_037", "prepulse_inhibition_3"),
        ("HAS_ACS_039", "prepulse_inhibition"),
    ],
)
def test_inhibition_is_numbered_otherwise_in_the_ageing_pipeline(stem: str, trait_id: str) -> None:
    assert PARAMETERS[stem]["trait_id"] == trait_id


def test_an_open_field_begun_in_the_center_is_another_test() -> None:
    here = {stem: row["trait_id"] for stem, row in PARAMETERS.items() if stem.startswith("JAX_OFD_")}
    there = {row["trait_id"] for stem, row in PARAMETERS.items() if "_OFD_" in stem and not stem.startswith("JAX_")}

    assert len(here) == 16
    assert set(here.values()) & there == set()
    assert here["JAX_OFD_020"] == "distance_from_center"


@pytest.mark.parametrize(
    ("stem", "trait_id", "seconds"),
    [
        ("IMPC_OFD_020", "distance", "1200"),
        ("ESLIM_007_001_701", "distance", "1200"),
        ("HAS_OFD_016", "distance", "1200"),
        ("M-G-P_007_001_010", "center_distance", "600"),
        ("M-G-P_007_001_012", "center_time", "600"),
        ("M-G-P_007_001_015", "center_entries", "600"),
        ("M-G-P_007_001_013", "center_speed", ""),
        ("M-G-P_007_001_004", "arena_time", ""),
    ],
)
def test_an_open_field_lasts_as_long_as_its_pipeline_lets_it(stem: str, trait_id: str, seconds: str) -> None:
    assert (PARAMETERS[stem]["trait_id"], PARAMETERS[stem]["protocol_seconds"]) == (trait_id, seconds)


def test_ferritin_by_the_mole_is_a_trait_of_its_own() -> None:
    units = {row["unit"] for row in seed("unit_readings") if row["trait_id"] == "ferritin"}

    assert PARAMETERS["GMC_906_001_025"]["trait_id"] == "ferritin_molar"
    assert units & {"umol/l", "nmol/l", "mmol/l"} == set()


def test_glucose_after_a_fast_is_not_glucose_of_a_fed_mouse() -> None:
    assert PARAMETERS["ESLIM_021_001_001"]["trait_id"] == "glucose_after_fast"
    assert PARAMETERS["HAS_FST_018"]["trait_id"] == "glucose_after_fast"
    assert PARAMETERS["ESLIM_015_001_001"]["trait_id"] == "glucose"


def test_bones_with_the_skull_are_not_bones_without() -> None:
    assert PARAMETERS["GMC_909_001_005"]["trait_id"] == "bone_mineral_density_with_skull"
    assert PARAMETERS["GMC_909_001_011"]["trait_id"] == "bone_mineral_density"


def test_shares_of_tissue_weight_are_not_shares_of_body_weight() -> None:
    assert PARAMETERS["HAS_DXA_009"]["trait_id"] == "fat_mass_by_tissue_weight"
    assert PARAMETERS["IMPC_DXA_009"]["trait_id"] == "fat_mass_by_weight"


def test_body_length_comes_in_both_units() -> None:
    assert (PARAMETERS["IMPC_DXA_006"]["unit"], PARAMETERS["GMC_909_001_001"]["unit"]) == ("cm", "mm")
    assert PARAMETERS["IMPC_DXA_006"]["trait_id"] == PARAMETERS["GMC_909_001_001"]["trait_id"] == "body_length"


def test_a_unit_that_no_source_names_is_told_in_the_note() -> None:
    for stem in ("IMPC_ECG_002", "IMPC_ABR_002", "IMPC_HWT_008", "IMPC_IPG_012"):
        assert "has no name in any source found" in PARAMETERS[stem]["note"], stem

    assert "unit id 50" in PARAMETERS["HAS_INS_001"]["note"]
    assert PARAMETERS["HAS_INS_001"]["matched_by"] == "name"


@pytest.mark.parametrize(
    ("prefix", "stem", "is_version_kept"),
    [
        ("HRWLLA_OWT_", "HRWL_OWT_", "false"),
        ("ICSLA_ROT_", "ICS_ROT_", "false"),
        ("JAXLA_LDT_006_001", "JAX_LDT_006", "false"),
        ("MGP_IPG_", "IMPC_IPG_", "false"),
        ("IMPC_IMM_", "IMPC_IMM_", "true"),
    ],
)
def test_ids_that_do_not_share_the_numbers_of_impc_are_listed(prefix: str, stem: str, is_version_kept: str) -> None:
    assert (STEMS[prefix]["stem_prefix"], STEMS[prefix]["is_version_kept"]) == (stem, is_version_kept)


def test_numbers_of_the_light_dark_test_depend_on_the_pipeline() -> None:
    assert PARAMETERS["JAX_LDT_007"]["trait_id"] == PARAMETERS["IMPC_LDT_006"]["trait_id"] == "latency_to_dark"
    assert PARAMETERS["JAX_LDT_006"]["trait_id"] == "fecal_boli_in_light_dark_test"


def test_immunophenotyping_knows_shares_only() -> None:
    shares = [stem for stem, row in PARAMETERS.items() if stem.startswith("IMPC_IMM_") and row["unit"] == "%"]

    assert len(shares) == 13
    assert all(stem.endswith("_002") for stem in shares)
