"""Records what the recipes for PyTorch, TensorFlow's custom gradient, LightGBM and XGBoost compute: recipes.json.

`cases` are losses and gradients on the batches of verify_recipe.py: in float32 for PyTorch and TensorFlow, in float64 for the
objective of the tree libraries, which takes raw scores and returns gradients times the number of rows. `trees` are trainings on
the loans (F1 on test rows, 5 splits): the log loss with the threshold 0.5 and tuned, the recipe, and the recipe with one thing
changed that makes it fail.

    python verify_recipes.py
"""

import record  # first: it sets what the frameworks read at import

import csv

import lightgbm
import numpy as np
import tensorflow as tf
import torch
import xgboost
from recipe_boosting import f_beta_objective
from recipe_custom_gradient import f_beta_loss as custom_gradient
from recipe_torch import f_beta_loss as in_torch
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from verify_recipe import SCORES, WITH_NAN, batches

STEPS = [(4.0, 0.5), (10.0, 0.5), (10.0, 0.3)]
ROUNDS, SPLITS = 100, 5


def of_torch(loss, y, p):
    p = torch.tensor(p, dtype=torch.float32, requires_grad=True)
    value = loss(torch.tensor(y), p)
    value.backward()
    return value.item(), p.grad.tolist()


def of_tensorflow(loss, y, p):
    p = tf.constant(p, dtype=tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(p)
        value = loss(tf.constant(y), p)
    return float(value), tape.gradient(value, p).numpy().tolist()


class Labels:
    """What both tree libraries hand to an objective."""

    def __init__(self, y):
        self.y = np.array(y, float)

    def get_label(self):
        return self.y


def cases():
    for y, p in WITH_NAN:
        assert all(np.isnan(loss) for loss, _ in (of_torch(in_torch(), y, p), of_tensorflow(custom_gradient(), y, p)))
    found = []
    for batch, (y, p) in batches().items():
        for score, beta in SCORES:
            named = {"batch": batch, "score": score} | ({"beta": beta} if score == "fBeta" else {})
            for slope, threshold in STEPS:
                head = named | {"slope": slope, "threshold": threshold, "yTrue": y}
                for through in (False, True):
                    loss, gradient = of_torch(in_torch(beta, slope, threshold, through), y, p)
                    found.append({"recipe": "torch", **head, "straightThrough": through, "yPred": p, "loss": loss, "gradient": gradient})
                if threshold != 0.5:
                    continue
                loss, gradient = of_tensorflow(custom_gradient(beta, slope), y, p)
                found.append({"recipe": "custom_gradient", **head, "straightThrough": True, "yPred": p, "loss": loss, "gradient": gradient})
                if 0 in p or 1 in p or batch.startswith("no positives"):  # raw scores are finite; the trees need positives
                    continue
                raw = [float(np.log(q / (1 - q))) for q in p]
                gradient, hessian = f_beta_objective(beta, slope)(raw, Labels(y))
                assert np.all(hessian > 0)
                found.append({"recipe": "boosting", **head, "straightThrough": False, "yPred": raw, "gradient": gradient.tolist()})
    return found


def loans():
    with open(record.HERE.parent.parent / "data" / "credit.csv", encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    columns = list(zip(*rows))
    numeric = [c for name, c in zip(names, columns) if name not in ("Home", "Marital", "Records", "Job", "bad")]
    coded = [[sorted(set(c)).index(v) for v in c] for name, c in zip(names, columns) if name in ("Home", "Marital", "Records", "Job")]
    x = np.array([[float(v) if v else np.nan for v in c] for c in numeric] + coded).T
    return x, np.array([float(v) for v in columns[-1]])


def best_threshold(y, raw):
    """The cut between two raw scores with the best F1."""
    order = np.argsort(-raw)
    tp = np.cumsum(y[order])
    f1 = 2 * tp / (np.arange(1, len(y) + 1) + y.sum())
    at = int(np.argmax(f1))
    return (raw[order][at] + raw[order][min(at + 1, len(y) - 1)]) / 2


def unscaled(score, data):
    gradient, hessian = f_beta_objective()(score, data)
    return gradient / len(gradient), hessian / len(gradient)


def constant(score, data):
    return f_beta_objective()(score, data)[0], np.ones(len(score))


OBJECTIVES = {"log loss": None, "recipe": f_beta_objective(), "without times the rows": unscaled, "second derivative 1": constant}


def of_lightgbm(objective, x, y):
    options = {"objective": objective or "binary", "learning_rate": 0.1, "num_leaves": 15, "verbose": -1, "num_threads": 1, "seed": 1}
    model = lightgbm.train(options, lightgbm.Dataset(x, y), ROUNDS)
    return lambda rows: model.predict(rows, raw_score=True)


def of_xgboost(objective, x, y):
    options = {"learning_rate": 0.1, "max_depth": 4, "nthread": 1, "verbosity": 0}
    options |= {"base_score": 0.0} if objective else {"objective": "binary:logistic"}
    model = xgboost.train(options, xgboost.DMatrix(x, y), ROUNDS, obj=objective)
    return lambda rows: model.predict(xgboost.DMatrix(rows), output_margin=True)


def trees():
    x, y = loans()
    rows, found = np.arange(len(y)), []
    for library, train in (("LightGBM", of_lightgbm), ("XGBoost", of_xgboost)):
        for name, objective in OBJECTIVES.items():
            at_half, tuned = [], []
            for seed in range(SPLITS):
                rest, test = train_test_split(rows, test_size=0.2, random_state=seed, stratify=y)
                fitted, chosen = train_test_split(rest, test_size=0.25, random_state=seed, stratify=y[rest])
                raw = train(objective, x[fitted], y[fitted])
                at_half.append(f1_score(y[test], raw(x[test]) > 0))
                tuned.append(f1_score(y[test], raw(x[test]) > best_threshold(y[chosen], raw(x[chosen]))))
            found.append({
                "library": library, "objective": name,
                "f1": [round(v, 4) for v in at_half], "f1Tuned": [round(v, 4) for v in tuned],
            })
    return found


if __name__ == "__main__":
    versions = record.versions("torch", "tensorflow", "lightgbm", "xgboost", "scikit-learn", "numpy")
    record.write("recipes.json", {"versions": versions, "rounds": ROUNDS, "splits": SPLITS}, trees=trees(), cases=cases())
