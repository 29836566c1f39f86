"""Reads an export with pyarrow, pandas and DuckDB and prints what each found."""
import glob, json, os, sys

import duckdb
import pandas
import pyarrow.parquet

folder = sys.argv[1]
found = {"tables": {}}
for path in sorted(glob.glob(os.path.join(folder, "*.parquet"))):
    name = os.path.basename(path).removesuffix(".parquet")
    file = pyarrow.parquet.ParquetFile(path)
    codecs = {
        file.metadata.row_group(g).column(c).compression
        for g in range(file.num_row_groups)
        for c in range(file.metadata.num_columns)
    }
    frame = pandas.read_parquet(path)
    found["tables"][name] = {
        "columns": {f.name: str(f.type) for f in file.schema_arrow},
        "metadata": {k.decode(): v.decode() for k, v in file.metadata.metadata.items() if k.startswith(b"gorod.")},
        "codecs": sorted(codecs),
        "pandas_rows": len(frame),
        "duckdb_rows": duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchone()[0],
    }

actions = pandas.read_parquet(os.path.join(folder, "actions.parquet"))
found["pandas"] = {
    "seed": str(actions.seed[0]),
    "text": actions.text[0],
    "hour": int(actions.time.dt.hour[0]),
    "valence_nulls": int(actions.valence.isna().sum()),
    "goals": pandas.read_parquet(os.path.join(folder, "agents.parquet")).goals.map(list).tolist(),
}
found["duckdb"] = [
    list(row)
    for row in duckdb.sql(
        f"""SELECT g.name, e.rank, e.score, CAST(e.time AS VARCHAR), json_extract_string(g.persona, '$.name')
            FROM '{folder}/exposures.parquet' e JOIN '{folder}/agents.parquet' g USING (study, cell, seed, agent)
            ORDER BY e.rank"""
    ).fetchall()
]
# Tables that are there only in some runs, whole: as DuckDB and as pandas see them.
found["some"], found["some_pandas"] = {}, {}
for path in sorted(glob.glob(os.path.join(folder, "*.parquet"))):
    name = os.path.basename(path).removesuffix(".parquet")
    if name in ("surveys", "scores") or name.startswith("extract-"):
        table = duckdb.sql(f"SELECT * EXCLUDE (study, cell, seed) FROM '{path}'")
        found["some"][name] = [dict(zip(table.columns, map(str, row))) for row in table.fetchall()]
        found["some_pandas"][name] = [str(v) for v in pandas.read_parquet(path).iloc[:, -2]]
json.dump(found, sys.stdout, ensure_ascii=False)
