"""Records costs, savings and expected costs with their gradients by NumPy, and by empulse: costs.json.

The formulas are those of Bahnsen, Aouada, Ottersten (ICMLA 2014): the cost of hard decisions, savings against the cheaper
constant decision, and the average expected cost with its derivative by each probability. Multi-class: the expected cost of a cost
matrix under probabilities, and the decision of the least expected cost.

    python costs.py
"""

import record  # first: it sets what the frameworks read at import

import numpy as np
from empulse.metrics import expected_savings_score, savings_score

ROWS, SEED, CASES = 40, 48356029, 24


def binary(random, own, right):
    """Costs per row or one number each; `right`: right decisions cost something too."""
    draw = lambda low, high: random.uniform(low, high, ROWS if own else None)
    tp, tn = (draw(1, 3), draw(0, 2)) if right else (0.0, 0.0)
    costs = {"fp": tn + draw(0.1, 5), "fn": tp + draw(0.1, 40), "tp": tp, "tn": tn}
    y, p = random.integers(0, 2, ROWS), random.uniform(0.01, 0.99, ROWS)
    cost = lambda s: (y * (s * costs["tp"] + (1 - s) * costs["fn"]) + (1 - y) * (s * costs["fp"] + (1 - s) * costs["tn"]))
    least = min(cost(np.zeros(ROWS)).sum(), cost(np.ones(ROWS)).sum())
    best = cost(y).sum()
    threshold = (costs["fp"] - costs["tn"]) / (costs["fp"] - costs["tn"] + costs["fn"] - costs["tp"])
    hard, own_threshold = p > 0.5, p > threshold
    named = {f"{k}_cost": v for k, v in costs.items()}
    for decided in (hard, own_threshold):
        assert np.isclose(1 - cost(decided).sum() / least, savings_score(y, decided, **named))
    assert np.isclose(1 - cost(p).sum() / least, expected_savings_score(y, p, **named))
    slope = y * (costs["tp"] - costs["fn"]) + (1 - y) * (costs["fp"] - costs["tn"])
    return {
        "costs": {k: v.tolist() if own and np.ndim(v) else float(v) for k, v in costs.items()}, "y": y.tolist(), "p": p.tolist(),
        "savings": {"0.5": float(savings_score(y, hard, **named)), "least cost": float(savings_score(y, own_threshold, **named))},
        "expected": float(cost(p).sum() / least), "gradient": (slope / least).tolist(),
        # beyond the cost of the right decisions
        "beyond": float((cost(p).sum() - best) / (least - best)), "gradientBeyond": (slope / (least - best)).tolist(),
    }


def several(random, classes):
    matrix = random.uniform(0, 10, (classes, classes))
    np.fill_diagonal(matrix, random.uniform(0, 0.5, classes))
    y, p = random.integers(0, classes, ROWS), random.dirichlet(np.ones(classes), ROWS)
    expected = p @ matrix  # rows, decisions
    beyond = matrix - matrix.min(axis=1, keepdims=True)
    total = lambda d: matrix[y, d].sum()
    least = min(total(np.full(ROWS, k)) for k in range(classes))
    return {
        "matrix": matrix.tolist(), "y": y.tolist(), "p": p.tolist(),
        "savings": {"argmax": float(1 - total(p.argmax(axis=1)) / least),
                    "least cost": float(1 - total(expected.argmin(axis=1)) / least)},
        "decisions": expected.argmin(axis=1).tolist(),
        "expected": float((beyond[y] * p).sum() / beyond[y].sum()), "gradient": (beyond[y] / beyond[y].sum()).tolist(),
    }


random = np.random.default_rng(SEED)
cases = [{"classes": 2, **binary(random, own, right)} for own in (False, True) for right in (False, True) for _ in range(CASES // 4)]
cases += [{"classes": c, **several(random, c)} for c in (2, 3, 5) for _ in range(4)]
record.write("costs.json", {"versions": record.versions("numpy", "empulse")}, cases=cases)
