"""Each bad release is bad in one way, and only in that."""

import gzip

import pandas as pd
import pytest


def path_of(mirror, release: str, name: str):
    return mirror.folder / f"all-data-releases/release-{release}/results/{name}.csv.gz"


def test_a_third_of_the_rows_repeat_but_for_their_version(tiny_mirror) -> None:
    rows = pd.read_csv(path_of(tiny_mirror, "22.1", "statistical-results-ALL"), dtype=str)

    repeated = rows.drop(columns="_version_").duplicated()
    assert not rows.duplicated().any()
    assert repeated.mean() == pytest.approx(1 / 3, abs=0.001)


def test_without_the_repetitions_it_is_the_release_before(tiny_mirror) -> None:
    good = pd.read_csv(path_of(tiny_mirror, "22.0", "statistical-results-ALL"), dtype=str)
    bad = pd.read_csv(path_of(tiny_mirror, "22.1", "statistical-results-ALL"), dtype=str)

    kept = bad.drop(columns="_version_").drop_duplicates(ignore_index=True)
    pd.testing.assert_frame_equal(kept, good.drop(columns="_version_"))


def test_a_required_column_is_renamed(tiny_mirror) -> None:
    columns = list(pd.read_csv(path_of(tiny_mirror, "22.2", "genotype-phenotype-assertions-ALL")))

    assert "p_value" not in columns
    assert "pvalue" in columns


def test_a_file_ends_too_early(tiny_mirror) -> None:
    content = path_of(tiny_mirror, "22.3", "procedureCompletenessAndPhenotypeHits").read_bytes()

    with pytest.raises(EOFError):
        gzip.decompress(content)
