"""Records scikit-learn's shuffled stratified folds, and what NumPy's legacy generator shuffles.

    python folds.py
"""

import numpy as np
from record import versions, write
from sklearn.model_selection import StratifiedKFold

import warnings

warnings.simplefilter("ignore")  # a class with fewer rows than folds is meant
rng = np.random.default_rng(7)
folds = []
for n, classes, k, seed in [(20, 2, 10, 2), (101, 2, 10, 2), (64, 3, 5, 0), (700, 2, 10, 2**32 - 1), (40, 4, 3, 12345)]:
    labels = rng.integers(0, classes, n)
    of = np.empty(n, int)
    for fold, (_, test) in enumerate(StratifiedKFold(k, shuffle=True, random_state=seed).split(labels, labels)):
        of[test] = fold
    folds.append({"folds": k, "seed": seed, "labels": labels.tolist(), "foldOf": of.tolist()})
rare = np.array([0] * 50 + [1] * 4 + [0] * 9)
of = np.empty(len(rare), int)
for fold, (_, test) in enumerate(StratifiedKFold(10, shuffle=True, random_state=2).split(rare, rare)):
    of[test] = fold
folds.append({"folds": 10, "seed": 2, "labels": rare.tolist(), "foldOf": of.tolist()})

shuffles = []
for seed, sizes in [(0, [5, 1, 17]), (2, [1000]), (2**32 - 1, [33, 64])]:
    state, results = np.random.RandomState(seed), []
    for size in sizes:
        items = np.arange(size)
        state.shuffle(items)
        results.append(items.tolist())
    shuffles.append({"seed": seed, "shuffled": results})

write("folds.json", {"versions": versions("numpy", "sklearn")}, folds=folds, shuffles=shuffles)
