"""Records the loss of a logistic model on all rows, and its gradient, in float64 by NumPy: linear.json.

The closed forms of the score's partial derivatives, of the anchored softsign and of the logistic function; the gradient is checked
against central differences.

    python linear.py
"""

import record  # first: it sets what the frameworks read at import

import numpy as np

ROWS, SEED = 80, 48356029

SCORES = {
    "precision": ([1, 0, 0, 0], [1, 1, 0, 0]),
    "recall": ([1, 0, 0, 0], [1, 0, 1, 0]),
    "f1": ([2, 0, 0, 0], [2, 1, 1, 0]),
    "jaccard": ([1, 0, 0, 0], [1, 1, 1, 0]),
    "accuracy": ([1, 0, 0, 1], [1, 1, 1, 1]),
}
"""Coefficients of the numerator and the denominator, by tp, fp, fn and tn."""


def softsign(slope, t):
    """s and s′ of the anchored softsign."""
    c, m = t * (1 - t), 2 * slope * t * (1 - t) - 1
    k = (m + np.sqrt(m * m + 4 * c * (slope - 1))) / (2 * c)
    rise = lambda z: z / (2 * (1 + np.abs(z)))
    span = rise(k * (1 - t)) + rise(k * t)
    return lambda p: (rise(k * (p - t)) + rise(k * t)) / span, lambda p: k / (2 * span * (1 + np.abs(k * (p - t))) ** 2)


def identity(slope, t):
    return lambda p: p, np.ones_like


STEPS = {"softsign": softsign, "identity": identity}


def loss_and_gradient(theta, x, y, w, score, step):
    p = 1 / (1 + np.exp(-(x @ theta[:-1] + theta[-1])))
    s, slope_of = step
    d = s(p)
    counts = np.array([np.sum(w * y * d), np.sum(w * (1 - y) * d), np.sum(w * y * (1 - d)), np.sum(w * (1 - y) * (1 - d))])
    top, bottom = (np.array(coefficients) for coefficients in SCORES[score])
    value = top @ counts / (bottom @ counts)
    by_count = (top - value * bottom) / (bottom @ counts)
    by_row = -w * slope_of(p) * p * (1 - p) * (y * (by_count[0] - by_count[2]) + (1 - y) * (by_count[1] - by_count[3]))
    return 1 - value, np.append(by_row @ x, by_row.sum())


def main():
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(ROWS, 3))
    y = (x @ [1, -0.5, 0] + rng.normal(size=ROWS) > 1).astype(float)
    w, theta = rng.integers(1, 9, ROWS) / 4, np.array([0.7, -0.4, 0.1, -0.6])
    cases = []
    for score in SCORES:
        for step, slope, threshold in (("softsign", 4, 0.5), ("softsign", 12, 0.3), ("identity", 1, 0.5)):
            ask = lambda at: loss_and_gradient(at, x, y, w, score, STEPS[step](slope, threshold))
            loss, gradient = ask(theta)
            steps = 1e-6 * np.eye(4)
            differences = [(ask(theta + h)[0] - ask(theta - h)[0]) / 2e-6 for h in steps]
            assert np.abs(gradient - differences).max() < 1e-7, (score, step)
            cases.append({"score": score, "step": step, "slope": slope, "threshold": threshold, "loss": float(loss), "gradient": gradient.tolist()})
    head = {
        "versions": record.versions("numpy"), "seed": SEED,
        "x": x.tolist(), "y": y.tolist(), "w": w.tolist(), "weights": theta[:-1].tolist(), "bias": float(theta[-1]),
    }
    record.write("linear.json", head, cases=cases)


if __name__ == "__main__":
    main()
