import numpy as np
import pytest

from muster.graph.profile import DIMENSIONS, phenotype_profiles

GENES = ["MGI:1", "MGI:2", "MGI:3"]


@pytest.fixture
def profiles(publish_marts) -> None:
    publish_marts(
        "1.0",
        lines="""select * from (values ('a', 'MGI:1'), ('b', 'MGI:1'), ('c', 'MGI:2'), ('d', 'MGI:9'), ('e', null))
            as lines(line_id, gene_id)""",
        line_profiles="""select *, effect_size is not null as is_measured from (values
            ('a', 'fat', 2.0, null), ('b', 'fat', 4.0, null), ('c', 'fat', null, -5.0), ('d', 'fat', 9.0, null),
            ('a', 'urea', null, 7.0), ('b', 'urea', null, 7.0), ('c', 'urea', 1.0, null), ('e', 'urea', 9.0, null),
            ('a', 'lean', 0.5, null), ('b', 'lean', 0.5, null), ('c', 'lean', 0.5, null))
            as profiles(line_id, trait_id, effect_size, imputed_effect_size)""",
    )


def test_a_profile_is_made_of_measured_effects_only(profiles: None) -> None:
    vectors, is_measured = phenotype_profiles("1.0", GENES)

    assert is_measured.tolist() == [True, True, False]
    assert vectors.shape == (3, DIMENSIONS)
    # Two directions keep all of two genes: (3, 0, 0.5) and (0, 1, 0.5) keep their products.
    np.testing.assert_allclose(vectors @ vectors.T, [[9.25, 0.25, 0], [0.25, 1.25, 0], [0, 0, 0]], atol=1e-3)


def test_imputed_effects_come_in_only_when_asked_for(profiles: None) -> None:
    vectors, is_measured = phenotype_profiles("1.0", GENES, with_imputed=True)

    assert is_measured.tolist() == [True, True, False]
    # (3, 7, 0.5) and (-5, 1, 0.5).
    np.testing.assert_allclose(vectors @ vectors.T, [[58.25, -7.75, 0], [-7.75, 26.25, 0], [0, 0, 0]], atol=2e-3)


def test_a_release_without_line_profiles_has_no_profile(publish_marts) -> None:
    publish_marts("1.0", genes="select 'MGI:1' as gene_id")

    vectors, is_measured = phenotype_profiles("1.0", GENES)

    assert not vectors.any()
    assert not is_measured.any()
