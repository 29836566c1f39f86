"""Reads a dataset with whatever reads Parquet and JSON Lines, and prints what it found as JSON."""

import glob
import json
import os
import sys

import datasets
import duckdb
import pandas
import pyarrow.parquet

folder, cache = sys.argv[1], sys.argv[2]
found = {}

# The whole folder, by the front matter of its card.
whole = datasets.load_dataset(folder, cache_dir=cache)
found["datasets"] = {
    name: {"ids": list(part["id"]), "turns": list(part["turns"]), "retrieved": [len(r) for r in part["retrieved"]], "time": [int(t.timestamp()) for t in part["time"]]}
    for name, part in whole.items()
}
found["features"] = {name: str(feature) for name, feature in whole["train"].features.items()}

found["jsonl"] = {}
for style in ("messages", "sharegpt", "alpaca"):
    files = {os.path.splitext(os.path.basename(f))[0]: f for f in glob.glob(os.path.join(folder, style, "*.jsonl"))}
    parts = datasets.load_dataset("json", data_files=files, cache_dir=cache)
    found["jsonl"][style] = {name: {"columns": part.column_names, "first": part[0], "rows": len(part)} for name, part in parts.items()}

# What TRL's trainer and chat templates take for granted of conversations.
for part in datasets.load_dataset("json", data_files={"every": os.path.join(folder, "messages", "*.jsonl")}, cache_dir=cache).values():
    for row in part:
        roles = [m["role"] for m in row["messages"]]
        assert roles[0] == "system", roles
        assert roles[1:] == ["user", "assistant"] * (len(roles) // 2), roles
        assert all(isinstance(m["content"], str) and m["content"] for m in row["messages"])
        assert set(row["messages"][0]) == {"role", "content"}

train = os.path.join(folder, "data", "train.parquet")
frame = pandas.read_parquet(train)
found["pandas"] = {"rows": len(frame), "time": str(frame["time"].dtype), "reply": [t[-1]["text"] for t in frame["turns"]]}
table = pyarrow.parquet.read_table(train)
found["pyarrow"] = {"schema": {f.name: str(f.type) for f in table.schema}, "codecs": sorted({pyarrow.parquet.ParquetFile(train).metadata.row_group(0).column(i).compression for i in range(4)})}
found["duckdb"] = duckdb.sql(
    f"select split, count(*), sum(len(turns)), min(epoch(time))::bigint, max(turns[-1].role) from '{folder}/data/*.parquet' group by split order by split"
).fetchall()
json.dump(found, sys.stdout, default=str)
