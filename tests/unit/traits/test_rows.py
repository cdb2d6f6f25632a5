import numpy as np
import pandas as pd
import pyarrow as pa

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
