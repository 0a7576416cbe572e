"""LightGBM:  lightgbm.train({"objective": f_beta_objective(beta=0.5)}, data)
XGBoost:   xgboost.train({"base_score": 0.0}, data, obj=f_beta_objective(beta=0.5))
Both models predict raw scores: a positive is a score above 0."""
import numpy as np


def f_beta_objective(beta=1.0, slope=4.0):
    hit = 1 / (1 + beta**2)  # cost of a false positive; a false negative costs the rest

    def objective(score, data):
        y, p = data.get_label(), 1 / (1 + np.exp(-np.asarray(score, dtype=float)))
        u, k = p - 0.5, 2 * (slope - 1)
        s = 0.5 + slope * u / (1 + k * np.abs(u))  # a softsign: 0 at p = 0, 1 at p = 1
        tp, fp, fn = np.sum(y * s), np.sum((1 - y) * s), np.sum(y * (1 - s))
        n = tp + (1 - hit) * fn + hit * fp  # Fβ = tp / n
        by_output = (hit * tp - y * n) / n**2 * slope / (1 + k * np.abs(u)) ** 2
        # of 1 − Fβ per row, times the rows: the scale of the log loss
        gradient = len(y) * by_output * p * (1 - p)
        return gradient, np.abs(gradient) + 1e-6  # stands in for the second derivative

    return objective
