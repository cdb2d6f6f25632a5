import numpy as np
import pandas as pd
import pyarrow as pa

from muster.traits.correlations import pair_up
from muster.traits.groups import group_traits
from muster.traits.imputation import impute, judge_imputation
from muster.traits.matrix import matrix_of
from muster.traits.rows import as_table


def test_what_is_not_a_number_is_empty() -> None:
    table = as_table(pd.DataFrame({"trait_id": ["a", None], "r2": [np.nan, 0.5], "is_better": [True, False]}))

    assert table.to_pylist() == [
        {"trait_id": "a", "r2": None, "is_better": True},
        {"trait_id": None, "r2": 0.5, "is_better": False},
    ]


def test_a_table_without_rows_keeps_its_types() -> None:
    columns = {"trait_id": pd.Series([], dtype=object), "count": pd.Series([], dtype="int64")}

    assert as_table(pd.DataFrame(columns)).schema == pa.schema({"trait_id": pa.string(), "count": pa.int64()})


def test_what_is_made_of_no_rows_has_the_types_of_what_is_made_of_some() -> None:
    schemas = [
        [as_table(frame).schema for frame in made(long)]
        for long in (
            pd.DataFrame({"row": ["a", "b", "a", "b"], "trait": ["x", "x", "y", "y"], "value": [1.0, 2.0, 3.0, 4.0]}),
            pd.DataFrame({"row": ["a"], "trait": ["x"], "value": [1.0]})[:0].astype({"row": object, "trait": object}),
        )
    ]

    assert schemas[0] == schemas[1]


def made(long: pd.DataFrame) -> list[pd.DataFrame]:
    matrix = matrix_of(as_table(long), "row", "trait", "value")
    coverage = pd.DataFrame({"trait_id": pd.Series(matrix.columns, dtype=object), "centre_count": 1, "animal_count": 1})
    pairs = pair_up(matrix, matrix)
    quality = judge_imputation(matrix, seed=1)
    imputed = impute(matrix, quality["is_better"].to_numpy(bool), seed=1)
    return [pairs, group_traits(pairs, coverage), quality, imputed]
