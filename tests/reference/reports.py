"""Records what scikit-learn prints and counts: reports.json, classification reports and confusion matrices.

Nothing here is taken from the library. A case holds what went in and what scikit-learn said: `text` and `records`
(`output_dict`) of classification_report, `matrix` of confusion_matrix with each `normalize` (null for multi-label data, which
it refuses). `zeroDivision` "skip" is scikit-learn's `np.nan`; NaN is recorded as null.

    python reports.py
"""

from record import versions, write  # first: it sets what the frameworks read at import

import math
import warnings

import numpy as np
from sklearn.metrics import classification_report, confusion_matrix

SEED = 48356029
warnings.filterwarnings("ignore")

ZERO_DIVISION = {0: 0, 1: 1, "skip": np.nan}


def plain(value):
    """A number as JSON has it: NaN is null."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    return None if math.isnan(value) else float(value)


def case(y_true, y_pred, sample_weight=None, labels=None, target_names=None, digits=2, zero_division=0):
    options = {
        "sample_weight": None if sample_weight is None else np.array(sample_weight, dtype=np.float64),
        "labels": labels,
    }
    report = {
        "target_names": target_names,
        "digits": digits,
        "zero_division": ZERO_DIVISION[zero_division],
        **options,
    }
    multilabel = isinstance(y_true[0], list)
    arrays = np.array(y_true), np.array(y_pred)
    matrices = None
    if not multilabel:
        matrices = {
            name: confusion_matrix(*arrays, normalize=normalize, **options).tolist()
            for name, normalize in [("none", None), ("true", "true"), ("pred", "pred"), ("all", "all")]
        }
    return {
        "yTrue": y_true,
        "yPred": y_pred,
        "sampleWeight": sample_weight,
        "labels": labels,
        "targetNames": target_names,
        "digits": digits,
        "zeroDivision": zero_division,
        "text": classification_report(*arrays, **report),
        "records": plain(classification_report(*arrays, output_dict=True, **report)),
        "matrix": matrices,
    }


def weights_of(rng, kind, n):
    if kind == "none":
        return None
    if kind == "whole":
        return rng.integers(0, 4, n).tolist()
    if kind == "quarters":
        return (rng.integers(0, 9, n) / 4).tolist()
    return rng.random(n).tolist()


def cases():
    rng = np.random.default_rng(SEED)
    # Known by heart, and where something is absent.
    yield case([0, 1, 2, 2, 2], [0, 0, 2, 2, 1], target_names=["class 0", "class 1", "class 2"])
    yield case([1, 1, 1], [1, 1, 0], labels=[1, 2, 3])
    for zero_division in ZERO_DIVISION:
        yield case([0, 0, 0], [0, 0, 0], zero_division=zero_division)
        yield case([0, 0, 1], [0, 0, 0], zero_division=zero_division)
        yield case([0, 1, 1], [2, 2, 2], zero_division=zero_division)
        yield case([1, 1, 2], [1, 2, 2], labels=[7, 1], zero_division=zero_division)
        yield case([1, 1, 2], [1, 2, 7], labels=[7, 5, 2], zero_division=zero_division)
        yield case([[0, 0], [0, 0]], [[0, 1], [0, 0]], zero_division=zero_division)
        yield case([[0, 0], [0, 0]], [[0, 0], [0, 0]], zero_division=zero_division)
        yield case([[1, 0, 0], [0, 0, 0]], [[0, 0, 1], [0, 0, 0]], zero_division=zero_division)
        yield case([0, 1, 1], [0, 1, 0], sample_weight=[0, 0, 1], zero_division=zero_division)
        yield case([[1, 0], [0, 1]], [[1, 1], [0, 0]], sample_weight=[0, 2], zero_division=zero_division)
    # Halves that a decimal can hold: 1/8 and 3/8 are printed as 0.12 and 0.38.
    yield case([1] * 8 + [0] * 8, [1] * 1 + [0] * 7 + [1] * 3 + [0] * 5)
    yield case([1] * 8 + [0] * 8, [1] * 3 + [0] * 5 + [1] * 5 + [0] * 3, digits=1)
    yield case([1, 0, 1, 0], [1, 1, 0, 0], digits=0)
    # A mean of 0.275, or next to it: which, the order of adding says.
    yield case(
        [[int(bit) for bit in row] for row in "101010101000 010000100010 001000000010 000110010000 100000000000".split()],
        [[int(bit) for bit in row] for row in "111111010100 111111111101 010010000011 111011010011 010000110100".split()],
        labels=[4, 1, 5, 0, 7, 11, 3, 2],
        zero_division=0,
    )
    # Names.
    yield case(["cat", "dog", "cat", "ape"], ["cat", "cat", "dog", "ape"])
    yield case(["cat", "dog", "cat"], ["cat", "cat", "dog"], target_names=["a cat that is fast asleep", "d"])
    yield case(["10", "9", "Zebra", "ähre"], ["9", "9", "ähre", "Zebra"])
    yield case([-1, 1, -1, 1], [1, 1, -1, -1])
    yield case([10, 9, 100], [9, 9, 100], labels=[100, 10, 9], digits=5)

    for weights in ["none", "whole", "quarters", "random"]:
        for zero_division in ZERO_DIVISION:
            for classes, digits in [(2, 2), (3, 4), (5, 2), (5, 4), (10, 3)]:
                n = 12 if classes < 5 else 20
                y, p = rng.integers(0, classes, n), rng.integers(0, classes, n)
                p = np.where(rng.random(n) < 0.5, y, p)
                yield case(
                    y.tolist(),
                    p.tolist(),
                    sample_weight=weights_of(rng, weights, n),
                    labels=list(range(classes - 1)) if digits == 4 and classes == 5 else None,
                    digits=digits,
                    zero_division=zero_division,
                )
            for classes in [2, 4, 9]:
                n = 8
                y = (rng.random((n, classes)) < 0.3).astype(int)
                p = np.where(rng.random((n, classes)) < 0.6, y, rng.random((n, classes)) < 0.4).astype(int)
                p[:, 0] *= rng.random() < 0.5  # a class that is never predicted
                yield case(
                    y.tolist(),
                    p.tolist(),
                    sample_weight=weights_of(rng, weights, n),
                    target_names=[f"tag {k}" for k in range(classes)],
                    digits=3,
                    zero_division=zero_division,
                )


write("reports.json", {"versions": versions("sklearn", "numpy"), "seed": SEED}, cases=list(cases()))
