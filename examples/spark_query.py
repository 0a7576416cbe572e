"""Runs SQL texts on Apache Spark: a JSON line in, {"sql": "SELECT …"}; a JSON line out, {"rows": [{…}]} or {"error": "…"}.
Lines {"done": 3, "tasks": 16} before it say how far the query is.

    python examples/spark_query.py --master "local[2]" --view scored=scored/*.parquet

The engine of `lib/sql` for Spark: `lib/sql` writes the texts, Spark adds up, a few rows come back. Without --master it is
that of Spark's settings, or of `spark-submit`; else local[*]. `spark-submit` hands no standard input to a program: with
--port the lines go over a socket to the caller. A view is made of Parquet, CSV (with a header) or JSON files; tables of the
catalog need none.
"""

import argparse
import json
import re
import socket
import sys
import threading

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
    """Makes a view of files, by the ending of their names; FOLDER/**/*.csv are those of a folder and of all in it."""
    kind = re.search(r"\.(parquet|csv|tsv|json|jsonl|ndjson)(\.\w+)?$", path)
    form = {"csv": "csv", "tsv": "csv", "parquet": "parquet", None: "parquet"}.get(kind and kind[1], "json")
    reader = spark.read.format(form)
    if form == "csv":
        reader = reader.options(header=True, inferSchema=True, sep="\t" if kind[1] == "tsv" else ",")
    folder, deep, pattern = path.partition("/**/")
    if deep:
        reader = reader.options(recursiveFileLookup=True, pathGlobFilter=pattern)
    reader.load(folder).createOrReplaceTempView(name)


def rows_of(spark, sql, say):
    """The rows of a query. Every second, a line says how many tasks of its stages are done."""
    tracker, finished = spark.sparkContext.statusTracker(), threading.Event()

    def watch():
        while not finished.wait(1):
            stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
            if not finished.is_set() and any(stages):
                say(done=sum(s.numCompletedTasks for s in stages if s), tasks=sum(s.numTasks for s in stages if s))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        return [row.asDict() for row in spark.sql(sql).collect()]
    finally:
        finished.set()
        watcher.join()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--master", help='such as "local[2]" or "spark://host:7077"')
    parser.add_argument("--view", action="append", default=[], metavar="NAME=PATH", help="a view of files")
    parser.add_argument("--setting", action="append", default=[], metavar="KEY=VALUE", help="a setting of Spark")
    parser.add_argument("--port", type=int, help="a port of this machine that the lines come from and go to")
    options = parser.parse_args()
    caller = socket.create_connection(("127.0.0.1", options.port)) if options.port else None
    lines, answers = (caller.makefile("r"), caller.makefile("w")) if caller else (sys.stdin, sys.stdout)

    def say(**answer):
        print(json.dumps(answer, default=str), file=answers, flush=True)

    spark = session(options.master, options.setting)
    spark.sparkContext.setLogLevel("ERROR")
    for view in options.view:
        make_view(spark, *view.split("=", 1))
    say(ready=spark.version)
    for line in lines:
        try:
            say(rows=rows_of(spark, json.loads(line)["sql"], say))
        except Exception as error:  # the caller hears of it; the loop goes on
            say(error=str(error).split("\n")[0])
    spark.stop()


if __name__ == "__main__":
    main()
