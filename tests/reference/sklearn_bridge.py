"""Runs scikit-learn's own tests of classification metrics on this library: sklearn_bridge.json.

The functions of scikit-learn that its `test_classification.py` calls are replaced by functions that turn labels into
indicators and ask the library (sklearn_bridge.ts, a process) for the numbers. Only the arguments are read here, no count and no
score is computed, but for the mean of the classes' recalls that scikit-learn calls balanced accuracy.

The tests that run are those of the replaced functions. Left out are tests that ask for scikit-learn's errors and warnings, for its
array API and its data types, and for metrics that are not of counts. The reasons of the tests that fail are in `reasons`; a test
that fails without one ends the script with 1.

    pip install pytest scikit-learn==1.9.1
    python sklearn_bridge.py
"""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
import sklearn.metrics.tests.test_classification as theirs
from scipy import sparse
from sklearn.utils.multiclass import type_of_target

here = Path(__file__).parent

# Names of tests that do not ask for numbers of the replaced functions.
left_out = {
    "errors and warnings of scikit-learn": [
        "warning", "average_none_warn", "error", "validation", "raises", "wrong", "unequal_length", "check_targets",
        "pos_label_types", "average_binary_data_non_binary", "no_labels_target_names", "score_unseen",
    ],
    "array API, data types, several processes": ["array_api", "dtype", "nullable", "scoring"],
    "metrics that are not of counts": [
        "log_loss", "brier", "hinge", "d2_", "average_precision", "likelihood", "hamming", "zero_one",
    ],
}

error = "asks for an error of scikit-learn; the arguments are read here, not by the library"
warning = "asks for a warning; the library says NaN in the values of the classes instead"
several = "a score of two classes; of several the library has the mean of each class against the rest, not R_K or kappa of the table"
nothing = "zero_division=nan where nothing is left of a mean: scikit-learn says NaN, the library 0, as its documentation says"

reasons = {
    "test_multilabel_accuracy_score_subset_accuracy": "accuracy of whole multi-label rows is not among the scores",
    "test_precision_recall_f_binary_single_class": "asks for F-beta at beta = infinity; the library takes finite numbers",
    "test_precision_recall_f_extra_labels": error,
    "test_precision_recall_f_unused_pos_label": warning,
    "test_confusion_matrix_single_label": warning,
    "test_cohen_kappa": several,
    "test_matthews_corrcoef": error,
    "test_matthews_corrcoef_multiclass": several,
    "test_matthews_corrcoef_overflow": several,
    "test_precision_recall_f1_score_multiclass": error,
    "test_multilabel_jaccard_score": error,
    "test_average_binary_jaccard_score": warning,
    "test_precision_recall_f1_no_labels": nothing,
}


class Library:
    """The process that answers."""

    def __init__(self):
        command = ["deno", "run", "--quiet", "-A", str(here / "sklearn_bridge.ts")]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=here)

    def ask(self, kind, **request):
        request = {key: value for key, value in request.items() if value is not None}
        self.process.stdin.write(json.dumps({"kind": kind, **request}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return numbers(answer["answer"])


def numbers(thing):
    """Turns "NaN" back into a number."""
    if isinstance(thing, list):
        return [numbers(one) for one in thing]
    if isinstance(thing, dict):
        return {key: value if key == "class" else numbers(value) for key, value in thing.items()}
    return float("nan") if thing == "NaN" else thing


library = Library()


def plain(values):
    """Labels as a list, or multi-label rows as a list of lists."""
    if sparse.issparse(values):
        values = values.toarray()
    return np.asarray(values).tolist()


def indicators(y_true, y_pred, labels=None):
    """The classes, and a 0/1 matrix of rows and classes for both sides."""
    y_true, y_pred = plain(y_true), plain(y_pred)
    if y_true and isinstance(y_true[0], list):
        classes = list(range(len(y_true[0]))) if labels is None else [int(label) for label in labels]
        take = [[[int(row[k]) for k in classes] for row in side] for side in (y_true, y_pred)]
        return classes, *take
    classes = sorted(set(y_true) | set(y_pred)) if labels is None else plain(labels)
    return classes, *[[[int(value == k) for k in classes] for value in side] for side in (y_true, y_pred)]


def undefined(zero_division):
    if isinstance(zero_division, str):
        return 0
    return "skip" if np.isnan(zero_division) else int(zero_division)


def score_of(score):
    """A function like scikit-learn's precision_score."""
    def replaced(y_true, y_pred, *, labels=None, pos_label=1, average="binary", sample_weight=None, zero_division="warn", **more):
        how, name = undefined(zero_division), {"beta": more["beta"]} if score == "fBeta" else score
        weights = None if sample_weight is None else plain(sample_weight)
        classes, truth, decided = indicators(y_true, y_pred, [pos_label] if average == "binary" else labels)
        request = {"yTrue": truth, "yPred": decided, "sampleWeight": weights, "score": name, "zeroDivision": how}
        if average is None:
            return np.array(library.ask("values", **request), dtype=float)
        if average == "binary":
            return library.ask("values", **request)[0]
        value = library.ask("value", average=average, **request)
        return value
    return replaced


def precision_recall_fscore_support(y_true, y_pred, *, beta=1.0, labels=None, average=None, sample_weight=None, **more):
    scored = [score(y_true, y_pred, labels=labels, average=average, sample_weight=sample_weight, beta=beta, **more)
              for score in (score_of("precision"), score_of("recall"), score_of("fBeta"))]
    if average is not None:
        return *scored, None
    _, truth, decided = indicators(y_true, y_pred, labels)
    counts = library.ask("counts", yTrue=truth, yPred=decided, sampleWeight=sample_weight)
    return *scored, np.array([one["tp"] + one["fn"] for one in counts])


def confusion_matrix(y_true, y_pred, *, labels=None, sample_weight=None, normalize=None):
    table = np.array(library.ask("table", yTrue=plain(y_true), yPred=plain(y_pred), labels=None if labels is None else plain(labels),
                                 sampleWeight=None if sample_weight is None else plain(sample_weight), normalize=normalize))
    return table.astype(int) if np.array_equal(table, table.astype(int)) else table


def multilabel_confusion_matrix(y_true, y_pred, *, sample_weight=None, labels=None, samplewise=False):
    _, truth, decided = indicators(y_true, y_pred, labels)
    if samplewise:
        truth, decided = np.transpose(truth).tolist(), np.transpose(decided).tolist()
    counts = library.ask("counts", yTrue=truth, yPred=decided,
                         sampleWeight=None if sample_weight is None or samplewise else plain(sample_weight))
    tables = np.array([[[one["tn"], one["fp"]], [one["fn"], one["tp"]]] for one in counts])
    return tables if not samplewise or sample_weight is None else tables * np.asarray(sample_weight)[:, None, None]


def classification_report(y_true, y_pred, *, labels=None, target_names=None, sample_weight=None, digits=2, output_dict=False,
                          zero_division="warn"):
    request = {"yTrue": plain(y_true), "yPred": plain(y_pred), "labels": None if labels is None else plain(labels),
               "targetNames": None if target_names is None else [str(name) for name in target_names],
               "sampleWeight": None if sample_weight is None else plain(sample_weight), "zeroDivision": undefined(zero_division)}
    if not output_dict:
        return library.ask("report", digits=digits, **request)
    rows = library.ask("report", output="records", **request)
    report = {row["class"]: {"precision": row["precision"], "recall": row["recall"], "f1-score": row["f1"],
                             "support": row["support"]} for row in rows}
    if "accuracy" in report:
        report["accuracy"] = report["accuracy"]["f1-score"]
    return report


def accuracy_score(y_true, y_pred, *, normalize=True, sample_weight=None):
    rows = classification_report(y_true, y_pred, sample_weight=sample_weight, output_dict=True)
    return rows["accuracy"]


def balanced_accuracy_score(y_true, y_pred, *, sample_weight=None, adjusted=False):
    classes = sorted(set(plain(y_true)))
    recall = score_of("recall")(y_true, y_pred, labels=classes, average=None, sample_weight=sample_weight)
    value, chance = float(np.mean(recall)), 1 / len(classes)
    return (value - chance) / (1 - chance) if adjusted else value


def of_two(score):
    """Scores of two classes: their own binary score of the second class."""
    def replaced(y_true, y_pred, *, sample_weight=None, **_):
        classes, truth, decided = indicators(y_true, y_pred)
        if len(classes) > 2:
            raise NotImplementedError("several classes")
        column = [[[row[-1]] for row in side] for side in (truth, decided)]
        weights = None if sample_weight is None else plain(sample_weight)
        return library.ask("values", yTrue=column[0], yPred=column[1], sampleWeight=weights, score=score, zeroDivision=0)[0]
    return replaced


replaced = {
    "accuracy_score": accuracy_score,
    "balanced_accuracy_score": balanced_accuracy_score,
    "classification_report": classification_report,
    "cohen_kappa_score": of_two("cohenKappa"),
    "confusion_matrix": confusion_matrix,
    "f1_score": score_of("f1"),
    "fbeta_score": score_of("fBeta"),
    "jaccard_score": score_of("jaccard"),
    "matthews_corrcoef": of_two("mcc"),
    "multilabel_confusion_matrix": multilabel_confusion_matrix,
    "precision_recall_fscore_support": precision_recall_fscore_support,
    "precision_score": score_of("precision"),
    "recall_score": score_of("recall"),
}


class Outcomes:
    """Chooses the tests, replaces the functions and keeps the outcomes."""

    def __init__(self):
        self.passed, self.failed, self.left_out = [], {}, {why: 0 for why in left_out}

    def pytest_collection_modifyitems(self, items):
        kept = []
        for item in items:
            name = item.function.__name__
            why = next((why for why, words in left_out.items() if any(word in name.replace("no_warning", "") for word in words)), None)
            if why is None and not any(used in item.function.__code__.co_names for used in replaced):
                parametrized = str(getattr(item, "callspec", None) and item.callspec.params)
                why = None if any(used in parametrized for used in replaced) else "metrics that are not of counts"
            if why is None:
                kept.append(item)
            else:
                self.left_out[why] += 1
        items[:] = kept

    def pytest_runtest_logreport(self, report):
        name = report.nodeid.split("::")[-1]
        if report.when != "call":
            return
        if report.passed:
            self.passed.append(name)
        elif report.failed:
            self.failed[name] = str(report.longrepr).strip().splitlines()[-1]


def main():
    for name, function in replaced.items():
        setattr(theirs, name, function)
    outcomes = Outcomes()
    pytest.main(["-q", "--no-header", "-p", "no:cacheprovider", "--import-mode=importlib", "-W", "ignore", theirs.__file__, *sys.argv[1:]],
                plugins=[outcomes])
    return outcomes


if __name__ == "__main__":
    found = main()
    failed = {name: reasons.get(name.split("[")[0], "") for name in sorted(found.failed)}
    record = {"scikit-learn": version("scikit-learn"), "passed": sorted(found.passed), "failed": failed, "left out": found.left_out}
    (here / "sklearn_bridge.json").write_text(json.dumps(record, indent=2) + "\n")
    print(len(found.passed), "passed,", len(failed), "failed with a reason:", json.dumps(failed, indent=2))
    unknown = {name: found.failed[name] for name, why in failed.items() if why == ""}
    sys.exit(f"failed without a reason: {unknown}" if unknown else 0)
