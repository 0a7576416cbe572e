"""Records the advice of `deno task compare` on all data sets, in this checkout and in an earlier one.

    python bench/compare_advice.py FOLDER EARLIER      (a folder for the tables; needs bench/requirements_baseline.txt)
    python bench/compare_advice.py FOLDER - TABLE ...  (this checkout alone, these tables; the rest of the record stays)

EARLIER is a checkout of the commit before the baseline was made fair (f0d0460), which standardised all numbers as they are.
The data sets are the four of data/ and the tables of bench/compare_baseline.py; options are the defaults. Writes
bench/compare_advice.json: the number of splits (fewer than ten where a run was stopped), the number of columns with heavy tails
in any split, the advice and cross-entropy's score, before and after.
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from compare_baseline import tables

here = Path(__file__).parent


def all_tables(folder):
    """Yields (name, label, file)."""
    for name, label in [("wdbc", "malignant"), ("credit", "bad"), ("digits", "digit"), ("spambase", "spam")]:
        yield name, label, here.parent / "data" / f"{name}.csv"
    for name, _, label, frame in tables():
        path = folder / f"{name}.csv"
        frame.to_csv(path, index=False)
        yield name, label, path


def run(checkout, side, name, label, path, folder):
    stem, saved = folder / f"{name}_{side}", folder / f"{name}_{side}.json"
    command = ["deno", "run", "--quiet", "-P=compare", "tasks/compare.ts", str(path), "--label", label, "--save", str(stem)]
    if not saved.exists():  # a run that was stopped goes on
        done = subprocess.run(command, cwd=checkout, capture_output=True, text=True)
        if done.returncode != 0:
            return {"refused": done.stderr.strip().splitlines()[0]}
    found = json.loads(saved.read_text())
    advice = found.get("advice", found.get("recommendation"))
    means = [one["mean"] for one in found["losses"] if one["loss"] == "cross-entropy" and one["threshold"] in ("tuned", "argmax")]
    heavy = sum("heavyTails" in one for one in found.get("features", []))
    return {"splits": found["repeats"], **({"heavyTails": heavy} if heavy else {}), "advice": advice.split(". ")[0] + ".",
            "crossEntropy": max(means)}


def main(folder, earlier, *only):
    folder, path = Path(folder), here / "compare_advice.json"
    folder.mkdir(exist_ok=True)
    record = {one["table"]: one for one in json.loads(path.read_text())}
    sides = {**({} if earlier == "-" else {"before": Path(earlier)}), "after": here.parent}
    with ThreadPoolExecutor(4) as pool:
        jobs = [(name, {side: pool.submit(run, at, side, name, label, table, folder) for side, at in sides.items()})
                for name, label, table in all_tables(folder) if not only or name in only]
        for name, both in jobs:
            record[name] = {"table": name, **record.get(name, {}), **{side: job.result() for side, job in both.items()}}
            print(json.dumps(record[name]), flush=True)
            path.write_text(json.dumps(list(record.values()), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
