"""Whatever the words of a source, an observation has ours; what is not understood is counted, not guessed."""

import pytest

from muster.reading.observation_records import Context, Report, completed
from muster.reading.parameter_names import parameter_names


def context(**given: dict[str, str]) -> Context:
    names = parameter_names([("IMPC_GRS_003_001", "Body weight")])
    return Context("mine/1", given.get("constants", {}), given.get("meanings", {}), names, Report())


def read(record: dict, known: Context | None = None) -> dict:
    return completed({"specimen_id": "m1", "data_point": "1.5", **record}, "2", known or context())


@pytest.mark.parametrize(
    ("genotype", "group", "zygosity"),
    [
        ("+/+", "control", None),
        ("WT", "control", None),
        ("Aff3/+", "experimental", "heterozygote"),
        ("Aff3/Aff3", "experimental", "homozygote"),
        ("het", "experimental", "heterozygote"),
        ("HOM", "experimental", "homozygote"),
    ],
)
def test_a_genotype_says_group_and_zygosity(genotype: str, group: str, zygosity: str | None) -> None:
    found = read({"genotype": genotype})

    assert (found["biological_sample_group"], found["zygosity"]) == (group, zygosity)


def test_a_control_has_no_gene_of_its_litter_mates() -> None:
    found = read({"genotype": "+/+", "gene_symbol": "Aff3", "colony_id": "MCND"})

    assert (found["gene_symbol"], found["colony_id"]) == (None, None)


def test_a_genotype_code_means_nothing_until_somebody_says_what() -> None:
    known = context()

    found = read({"genotype": "3"}, known)
    told = read({"genotype": "3"}, context(meanings={"3": "homozygote"}))

    assert found["biological_sample_group"] is None
    assert next(iter(known.report.notes)).startswith("genotype '3' is not understood: group unknown")
    assert (told["biological_sample_group"], told["zygosity"]) == ("experimental", "homozygote")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("06-Jul-08", "2008-07-06T00:00:00Z"),
        ("30/10/2008", "2008-10-30T00:00:00Z"),
        ("24.12.2013", "2013-12-24T00:00:00Z"),
        ("Thu Apr 18 00:00:00 BST 2013", "2013-04-18T00:00:00Z"),
        ("2012-08-06T00:00:00Z", "2012-08-06T00:00:00Z"),
    ],
)
def test_dates_of_every_known_form_become_one_form(written: str, day: str) -> None:
    assert read({"date_of_experiment": written})["date_of_experiment"] == day


def test_a_date_that_is_none_is_kept_and_told() -> None:
    known = context()

    found = read({"date_of_experiment": "last week"}, known)

    assert found["date_of_experiment"] == "last week"
    assert known.report.notes["date_of_experiment 'last week' is no date of a known form: kept as it is"] == 1


def test_the_age_follows_from_the_dates() -> None:
    assert read({"date_of_birth": "01/02/2012", "date_of_experiment": "2012-03-01"})["age_in_days"] == "29"


def test_an_unknown_sex_is_unknown_and_told() -> None:
    known = context()

    assert read({"sex": "f"}, known)["sex"] == "female"
    assert read({"sex": "1"}, known)["sex"] is None
    assert known.report.notes["sex '1' is not understood: unknown"] == 1


def test_constants_fill_what_a_file_does_not_say() -> None:
    known = context(constants={"phenotyping_center": "WTSI"})

    assert read({}, known)["phenotyping_center"] == "WTSI"
    assert read({"phenotyping_center": "JAX"}, known)["phenotyping_center"] == "JAX"


def test_ids_are_made_where_there_are_none_and_are_the_same_every_time() -> None:
    first, second = (completed({"category": "Normal"}, "7:eye", context()) for _ in range(2))

    assert first == second
    assert (first["observation_id"], first["specimen_id"]) == ("mine/1:7:eye", "mine/1:7")
    assert first["observation_type"] == "categorical"


def test_metadata_in_one_text_become_entries() -> None:
    found = read({"metadata": "Equipment ID = A, B,Grid model = C"})

    assert found["metadata"] == ["Equipment ID = A, B", "Grid model = C"]
