import pytest

from muster.learners.viability_labels import ErasMixedError, fusil, rule_era


def test_the_outcomes_of_two_rules_are_refused(publish_marts) -> None:
    publish_marts("1.0", viability="select * from (values ('before 20.0'), ('from 20.0')) as calls(rule_era)")

    with pytest.raises(ErasMixedError, match=r"of the rules before 20\.0 and from 20\.0.*muster run --release 1\.0"):
        rule_era("1.0")


def test_the_era_is_that_of_the_calls(publish_marts) -> None:
    publish_marts("1.0", viability="select 'from 20.0' as rule_era")

    assert rule_era("1.0") == "from 20.0"


def test_bins_are_numbered_from_the_gravest_and_unknown_where_there_is_none(publish_marts) -> None:
    publish_marts(
        "1.0",
        viability="""select * from (values ('MGI:1', 'V'), ('MGI:2', 'CL'), ('MGI:4', null))
            as calls(gene_id, fusil_bin) cross join (select 'derived' as fusil_source)""",
    )

    found = fusil("1.0", ["MGI:1", "MGI:2", "MGI:3", "MGI:4"])

    assert found is not None
    assert (found.bins, found.source) == (["CL", "V"], "derived")
    assert found.labels.tolist() == [1, 0, -1, -1]


def test_a_build_without_bins_has_none(publish_marts) -> None:
    publish_marts("1.0", viability="select 'MGI:1' as gene_id")

    assert fusil("1.0", ["MGI:1"]) is None
