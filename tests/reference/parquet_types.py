"""Writes a small Parquet file per type of Apache Arrow, which polars cannot write itself: ../data/types/*.parquet.

    python parquet_types.py      (needs pyarrow)
"""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = range(20)
at = lambda of, type=None: pa.array([of(k) for k in ROWS], type)

TYPES = {
    "float32": at(lambda k: k % 5 / 2, pa.float32()),
    "int8": at(lambda k: k % 5, pa.int8()),
    "uint64": at(lambda k: k % 5, pa.uint64()),
    "bool": at(lambda k: k % 2 == 0),
    "large_string": at(lambda k: "ab"[k % 2], pa.large_string()),
    "dictionary": at(lambda k: "ab"[k % 2]).dictionary_encode(),
    "decimal128": at(lambda k: Decimal(k) / 4, pa.decimal128(12, 2)),
    "null": pa.nulls(len(ROWS)),
    "decimal256": at(lambda k: Decimal(k) / 4, pa.decimal256(50, 2)),
    "halffloat": at(lambda k: float(k % 5), pa.float32()).cast(pa.float16()),
    "date32": at(lambda k: dt.date(2020, 1, 1 + k), pa.date32()),
    "timestamp": at(lambda k: dt.datetime(2020, 1, 1 + k), pa.timestamp("us", tz="UTC")),
    "time32": at(lambda k: dt.time(1 + k), pa.time32("ms")),
    "time64": at(lambda k: dt.time(1 + k), pa.time64("us")),
    "duration": at(lambda k: dt.timedelta(seconds=k), pa.duration("us")),
    "binary": at(lambda k: bytes([k]), pa.binary()),
    "fixed_binary": at(lambda k: bytes([k, k]), pa.binary(2)),
    "list": at(lambda k: [k], pa.list_(pa.int64())),
    "fixed_list": at(lambda k: [k, k], pa.list_(pa.int64(), 2)),
    "struct": at(lambda k: {"a": k}),
    "map": at(lambda k: [("a", k)], pa.map_(pa.string(), pa.int64())),
}

folder = Path(__file__).parent.parent / "data" / "types"
folder.mkdir(exist_ok=True)
for name, column in TYPES.items():
    table = pa.table({"x": at(lambda k: k * 7 % 11 / 2), "c": column, "y": at(lambda k: int(k * k % 7 < 3))})
    pq.write_table(table, folder / f"{name}.parquet", store_schema=True, write_statistics=False)
