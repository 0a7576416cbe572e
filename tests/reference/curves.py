"""Records the hard values of curves and rankings that the library has to compute: curves.json.

Nothing here is taken from the library. scikit-learn computes the areas, the average precision and NDCG; recall at a
false-positive rate and precision of the k highest are read off its `roc_curve` and counted, as it has no function for them.

    python curves.py
"""

from record import versions, write  # first: it sets what the frameworks read at import

import warnings

import numpy as np
from sklearn import metrics as sk

SEED = 48356029


def binary(rng, n):
    """Labels, outputs with the wanted ties, and weights or None."""
    prevalence = rng.choice([0.02, 0.1, 0.5, 0.9, 0.0, 1.0], p=[0.2, 0.25, 0.3, 0.15, 0.05, 0.05])
    y = (rng.random(n) < prevalence).astype(int)
    scale = rng.choice([0, 3, 10, 1000])  # 0: no ties; 3: nearly all tie
    p = rng.normal(size=n) * 0.5 + y * rng.choice([0, 0.5, 2])
    p = 1 / (1 + np.exp(-p)) if rng.random() < 0.5 else p
    p = np.round(p * scale) / scale if scale else p
    if rng.random() < 0.05:
        p = np.full(n, 0.25)
    kind = rng.integers(4)
    weight = None if kind < 2 else rng.integers(1, 9, n) / 8 if kind == 2 else rng.integers(0, 3, n).astype(float)
    if weight is not None and weight.sum() == 0:
        weight = None
    return y, p, weight


def one_class(y, weight):
    kept = y if weight is None else y[weight > 0]
    return len(set(kept.tolist())) < 2


def number(value):
    return None if np.isnan(value) else float(value)


def recall_at(y, p, weight, fpr):
    if one_class(y, weight):
        return None
    rates, recalls, _ = sk.roc_curve(y, p, sample_weight=weight, drop_intermediate=False)
    return float(recalls[rates <= fpr + 1e-12].max())


def record_binary(rng, count):
    cases = []
    for _ in range(count):
        y, p, weight = binary(rng, int(rng.integers(2, 40)))
        single, positives = one_class(y, weight), (y if weight is None else y * weight).sum()
        max_fpr = float(rng.choice([0.01, 0.1, 0.25, 0.5, 0.75]))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            area = np.nan if single else sk.roc_auc_score(y, p, sample_weight=weight)
            partial = np.nan if single else sk.roc_auc_score(y, p, sample_weight=weight, max_fpr=max_fpr)
            precision = np.nan if positives == 0 else sk.average_precision_score(y, p, sample_weight=weight)
        cases.append({
            "yTrue": y.tolist(), "yPred": p.tolist(), "sampleWeight": None if weight is None else weight.tolist(),
            "rocAuc": number(area), "maxFpr": max_fpr, "partialRocAuc": number(partial),
            "averagePrecision": number(precision), "recallAtFpr": recall_at(y, p, weight, max_fpr),
        })
    return cases


def record_classes(rng, count):
    """Several classes (class indices) and several labels (one column each)."""
    cases = []
    while len(cases) < count:
        n, classes = int(rng.integers(8, 40)), int(rng.integers(3, 6))
        indexed = bool(rng.random() < 0.6)
        p = rng.dirichlet(np.ones(classes), n) if indexed else np.round(rng.random((n, classes)), 1)
        y = rng.integers(0, classes, n) if indexed else (rng.random((n, classes)) < 0.4).astype(int)
        hot = np.eye(classes, dtype=int)[y] if indexed else y
        if (hot.sum(0) == 0).any() or (hot.sum(0) == n).any():
            continue
        weight = rng.integers(1, 9, n) / 8 if rng.random() < 0.5 else None
        for average in ["macro", "micro", "weighted"]:
            cases.append({
                "yTrue": y.tolist(), "yPred": p.tolist(), "sampleWeight": None if weight is None else weight.tolist(),
                "average": average, "multiClass": "ovr",
                "rocAuc": float(sk.roc_auc_score(hot, p, average=average, sample_weight=weight)),
                "averagePrecision": float(sk.average_precision_score(hot, p, average=average, sample_weight=weight)),
            })
        if indexed:
            for average in ["macro", "weighted"]:
                cases.append({
                    "yTrue": y.tolist(), "yPred": p.tolist(), "sampleWeight": None, "average": average, "multiClass": "ovo",
                    "rocAuc": float(sk.roc_auc_score(y, p, average=average, multi_class="ovo")),
                })
    return cases


def record_ndcg(rng, count):
    """One query of several rows a case; with weights, several queries of equal length."""
    cases = []
    for _ in range(count):
        queries, rows = int(rng.integers(1, 5)), int(rng.integers(2, 12))
        gains = rng.integers(0, 4, (queries, rows)).astype(float)
        gains[gains.sum(1) == 0, 0] = 1
        outputs = np.round(rng.random((queries, rows)), int(rng.integers(1, 4)))
        k = None if rng.random() < 0.3 else int(rng.integers(1, rows + 2))
        weight = rng.integers(1, 9, queries) / 8 if rng.random() < 0.5 else None
        cases.append({
            "yTrue": gains.ravel().tolist(), "yPred": outputs.ravel().tolist(),
            "groups": np.repeat(np.arange(queries), rows).tolist(), "k": k,
            "sampleWeight": None if weight is None else np.repeat(weight, rows).tolist(),
            "ndcg": float(sk.ndcg_score(gains, outputs, k=k, sample_weight=weight)),
        })
    return cases


if __name__ == "__main__":
    rng = np.random.default_rng(SEED)
    write(
        "curves.json", {"versions": versions("sklearn", "numpy"), "seed": SEED},
        cases=record_binary(rng, 1000), classes=record_classes(rng, 300), ndcg=record_ndcg(rng, 200),
    )
