import numpy as np
import pytest

from muster.learners.labels import families, family_fold, phenotype_labels, power, viability_labels


@pytest.fixture
def published(publish_marts) -> list[str]:
    publish_marts(
        "1.0",
        genes="""select * from (values ('MGI:1', 'PTHR1'), ('MGI:2', null), ('MGI:3', 'PTHR1'))
            as genes(gene_id, family_id)""",
        gene_phenotypes="""select 'MGI:' || number as gene_id, term as mp_term_id, status
            from range(1, 3) as numbers(number)
            cross join (values ('MP:2', 'called'), ('MP:1', 'tested')) as states(term, status)
            union all select 'MGI:x' || number, 'MP:2', 'called' from range(20) as numbers(number)""",
        viability="""select * from (values ('MGI:1', 'lethal'), ('MGI:3', 'conflicting')) as v(gene_id, outcome)""",
    )
    return ["MGI:1", "MGI:2", "MGI:3"]


def test_a_gene_without_a_row_is_untested_and_a_rare_term_is_left_out(published) -> None:
    labels = phenotype_labels("1.0", published)

    assert labels.term_ids == ["MP:2"]
    assert labels.states.tolist() == [[1], [1], [-1]]


def test_a_normal_gene_weighs_what_its_animals_could_have_shown(publish_marts) -> None:
    publish_marts(
        "1.0",
        genes="select 'MGI:' || number as gene_id from range(1, 6) as numbers(number)",
        gene_phenotypes="""select * from (values
            ('MGI:1', 'MP:1', 'called', 4, 50), ('MGI:2', 'MP:1', 'tested', 4, 50),
            ('MGI:3', 'MP:1', 'tested', 14, 900), ('MGI:4', 'MP:1', 'tested', null, null))
                as p(gene_id, mp_term_id, status, mutant_count, control_count)
            union all select 'MGI:x' || number, 'MP:1', 'called', 1, 1 from range(20) as numbers(number)""",
    )

    weights = phenotype_labels("1.0", [f"MGI:{number}" for number in range(1, 6)]).weights[:, 0]

    called, few, many, unknown, untested = weights.tolist()
    assert (called, untested) == (1.0, 0.0)
    assert few == pytest.approx(0.158, abs=0.001)
    assert 0.9 < many < unknown < 1


def test_a_build_without_counts_gives_every_normal_gene_the_same_weight(published) -> None:
    assert set(phenotype_labels("1.0", published).weights.ravel()) == {0, 1}


def test_power_is_how_often_a_simulated_line_would_have_been_called() -> None:
    chance = np.random.default_rng(3)
    mutants, controls = (chance.normal(shift, 1, (20_000, size)).mean(axis=1) for shift, size in ((1.5, 8), (0, 40)))

    called = np.abs(mutants - controls) / (1 / 8 + 1 / 40) ** 0.5 > 3.8906

    assert power(np.array([8.0]), np.array([40.0]))[0] == pytest.approx(called.mean(), abs=0.01)


def test_lines_that_disagree_leave_the_outcome_unknown(published) -> None:
    assert viability_labels("1.0", published).tolist() == [2, -1, -1]


def test_a_family_is_in_one_fold_and_a_gene_without_family_is_its_own(published) -> None:
    found = families("1.0")

    assert found.tolist() == ["PTHR1", "MGI:2", "PTHR1"]
    assert family_fold("PTHR1", folds=5, seed=17) == family_fold("PTHR1", folds=5, seed=17)


def test_folds_are_filled_about_equally() -> None:
    folds = [family_fold(f"PTHR{number}", folds=5, seed=17) for number in range(1000)]

    assert np.bincount(folds).min() > 150
