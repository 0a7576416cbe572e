"""Runs SQL texts on Apache Spark: a JSON line in, {"sql": "SELECT …"}; a JSON line out, {"rows": [{…}]} or {"error": "…"}.

    python examples/spark_query.py --master "local[2]" --view scored=scored/*.parquet

The engine of `lib/sql` for Spark: `lib/sql` writes the texts, Spark adds up, a few rows come back. With `spark-submit` leave
out --master. A view is made of Parquet, CSV (with a header) or JSON files; tables of the catalog need none.
"""

import argparse
import json
import re
import sys

from pyspark.sql import SparkSession


def session(master=None, settings=()):
    """The Spark session. Its log goes to the standard error, so that the standard output holds answers only."""
    builder = SparkSession.builder.appName("roundabout").config("spark.ui.showConsoleProgress", "false")
    if master:
        builder = builder.master(master)
    for setting in settings:
        builder = builder.config(*setting.split("=", 1))
    return builder.getOrCreate()


def make_view(spark, name, path):
    """Makes a view of files, by the ending of their names."""
    kind = re.search(r"\.(parquet|csv|tsv|json|jsonl|ndjson)(\.\w+)?$", path)
    reader = spark.read.options(header=True, inferSchema=True, sep="\t" if kind and kind[1] == "tsv" else ",")
    form = {"csv": "csv", "tsv": "csv", "parquet": "parquet", None: "parquet"}.get(kind and kind[1], "json")
    reader.format(form).load(path).createOrReplaceTempView(name)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--master", help='such as "local[2]"; spark-submit sets it')
    parser.add_argument("--view", action="append", default=[], metavar="NAME=PATH", help="a view of files")
    parser.add_argument("--setting", action="append", default=[], metavar="KEY=VALUE", help="a setting of Spark")
    options = parser.parse_args()
    spark = session(options.master, options.setting)
    spark.sparkContext.setLogLevel("ERROR")
    for view in options.view:
        make_view(spark, *view.split("=", 1))
    print(json.dumps({"ready": spark.version}), flush=True)
    for line in sys.stdin:
        try:
            rows = [row.asDict() for row in spark.sql(json.loads(line)["sql"]).collect()]
            print(json.dumps({"rows": rows}, default=str), flush=True)
        except Exception as error:  # the caller hears of it; the loop goes on
            print(json.dumps({"error": str(error).split("\n")[0]}), flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
