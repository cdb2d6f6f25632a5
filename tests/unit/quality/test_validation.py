import pandas as pd

from muster.quality.frames import Frame
from muster.quality.suites import Expectation, Meta
from muster.quality.validation import Validation

FRAME = Frame(pd.DataFrame({"source_row": [1, 2, 3], "sex": ["male", "x", "y"]}), 3, ["source_row"])


def known_sex(column: str, value_set: object) -> Expectation:
    kwargs = {"column": column, "value_set": value_set}
    return Expectation(
        type="expect_column_values_to_be_in_set", kwargs=kwargs, severity="warning", meta=Meta(why="Known words.")
    )


def test_a_finding_counts_the_rows_and_shows_the_first(validation: Validation) -> None:
    (found,) = validation.judge("observations", FRAME, [known_sex("sex", ["male"])], {})

    assert found.unexpected_count == 2
    assert found.examples == [{"sex": "x", "source_row": 2}, {"sex": "y", "source_row": 3}]
    assert found.expectation.severity == "warning"


def test_a_suite_may_refer_to_a_parameter(validation: Validation) -> None:
    suite = [known_sex("sex", {"$PARAMETER": "sexes"})]

    assert validation.judge("observations", FRAME, suite, {"sexes": ["male", "x", "y"]}) == []


def test_a_column_that_is_missing_is_a_finding(validation: Validation) -> None:
    (found,) = validation.judge("observations", FRAME, [known_sex("zygosity", ["homozygote"])], {})

    assert 'The column "zygosity"' in found.problem
