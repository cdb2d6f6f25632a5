"""What dbt's Python models hand back: frames as Arrow tables, whose column types do not depend on their rows."""

import pandas as pd
import pyarrow as pa
from pandas.api.types import is_object_dtype


def as_table(frame: pd.DataFrame) -> pa.Table:
    """Return the frame with texts as texts, even where there are none, and NaN as empty.

    >>> as_table(pd.DataFrame({"trait_id": pd.Series([], dtype=object), "r2": pd.Series([], dtype=float)})).schema
    trait_id: string
    r2: double
    """
    fields = [
        pa.field(str(name), pa.string() if is_object_dtype(kind) else pa.from_numpy_dtype(kind))
        for name, kind in frame.dtypes.items()
    ]
    return pa.Table.from_pandas(frame, schema=pa.schema(fields), preserve_index=False).replace_schema_metadata()
