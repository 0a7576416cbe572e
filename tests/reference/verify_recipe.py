"""Records what the recipe of recipe_keras.py computes on each backend, in float32: recipe.json.

`cases` are losses and gradients, with the exact ones (mpmath, from library.py) checked against them within the tolerance
below. `training` is a small training run with each optimizer: the hard F1 on held-out rows before and after.

    python verify_recipe.py
"""

import record  # first: it sets what the frameworks read at import

import json
import sys

import numpy as np

SEED = 48356029
TOLERANCE = 4e-6
"""Float32 against 50 digits: of the loss absolutely, of the gradient by its largest element."""

SCORES = [("precision", 0.0), ("recall", float("inf")), ("f1", 1.0), ("fBeta", 0.5), ("fBeta", 2.0)]
STEPS = [(1.0, 0.5, False), (10.0, 0.5, False), (10.0, 0.3, False), (50.0, 0.5, False), (10.0, 0.5, True), (10.0, 0.3, True)]


def batches():
    """Thirteen batches of labels and predictions that float32 holds exactly, by name."""
    rng = np.random.default_rng(SEED)

    def drawn(n, prevalence):
        y = (rng.random(n) < prevalence).astype(int)
        y[0], p = 1, rng.integers(1, 4096, n) / 4096
        p[0] = 0.84375  # a true positive, so that no score is 0/0
        return y.tolist(), p.tolist()

    labels = [1, 0, 0, 1, 0, 0, 0, 1]
    return {
        "balanced": drawn(8, 0.5), "balanced, longer": drawn(16, 0.5), "rare": drawn(12, 0.15), "rare, longer": drawn(24, 0.1),
        "mostly positive": drawn(10, 0.8), "one row": ([1], [0.625]), "on the threshold": ([1, 0, 1, 0], [0.5, 0.5, 0.75, 0.25]),
        "perfect": (labels, [float(y) for y in labels]),
        "perfect and unsure": (labels, [0.59375 if y else 0.25 for y in labels]),
        "all wrong": (labels, [1.0 - y for y in labels]),
        "no positives": ([0] * 6, [0.125, 0.875, 0.5625, 0.25, 0.96875, 0.0625]),
        "no positives, all predicted 0": ([0] * 6, [0.0] * 6),
        "nothing predicted": (labels, [0.0] * 8),
    }


def problem(rng, rows):
    """A small classification problem: five features, about one positive in five."""
    x = rng.normal(size=(rows, 5)).astype("float32")
    y = (x @ [1.5, -1, 0.5, 0, 0] + 0.5 * rng.normal(size=rows) > 1.7).astype("float32")
    return x, y.reshape(-1, 1)


def hard_f1(y, p):
    """F1 of the decisions p > 0.5."""
    decided = p > 0.5
    return float(2 * np.sum(decided * y) / (np.sum(decided) + np.sum(y)))


# Labels and outputs with a NaN: the loss has to be NaN too, or a training that is lost would look like one that waits.
WITH_NAN = [([float("nan"), 1.0, 0.0], [0.25, 0.75, 0.5]), ([0.0, 1.0, 0.0], [float("nan"), 0.75, 0.5])]


def on_this_backend():
    """The values, gradients and training runs of the backend that Keras was started with."""
    import keras
    from backends import value_and_gradient
    from recipe_keras import f_beta_loss

    cases = []
    for batch, (y, p) in batches().items():
        for score, beta in SCORES:
            for slope, threshold, through in STEPS:
                recipe = f_beta_loss(beta, slope, threshold, through)
                labels = keras.ops.convert_to_tensor(np.array(y, "float32"))
                loss, gradient = value_and_gradient(lambda q: recipe(labels, q), np.array(p, "float32"))
                assert loss.dtype == gradient.dtype == np.float32
                case = {"backend": keras.backend.backend(), "batch": batch, "score": score}
                if score == "fBeta":
                    case["beta"] = beta
                case |= {
                    "slope": slope, "threshold": threshold, "straightThrough": through, "yTrue": y, "yPred": p,
                    "loss": float(loss), "gradient": [float(g) for g in gradient],
                }
                cases.append(case)
    for y, p in WITH_NAN:
        for through in (False, True):
            assert np.isnan(value_and_gradient(lambda q: f_beta_loss(straight_through=through)(np.array(y, "float32"), q), np.array(p, "float32"))[0])

    rng = np.random.default_rng(SEED)
    (x, y), (held_x, held_y) = problem(rng, 512), problem(rng, 512)
    training = []
    for through in (False, True):
        for optimizer in (keras.optimizers.SGD(0.5), keras.optimizers.Adam(0.02)):
            model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(1, activation="sigmoid")])
            model.set_weights([0.1 * np.array([[1], [1], [-1], [1], [-1]], "float32"), np.zeros(1, "float32")])
            model.compile(optimizer, loss=f_beta_loss(beta=1.0, slope=10.0, straight_through=through))
            before = hard_f1(held_y, model.predict(held_x, verbose=0))
            model.fit(x, y, batch_size=64, epochs=30, shuffle=False, verbose=0)
            training.append({
                "backend": keras.backend.backend(), "optimizer": type(optimizer).__name__, "straightThrough": through,
                "hardF1Before": round(before, 4), "hardF1After": round(hard_f1(held_y, model.predict(held_x, verbose=0)), 4),
            })
    print(json.dumps({"cases": cases, "training": training}))


def check(case):
    """Stops if a case differs from the exact loss and gradient by more than the tolerance, or if a promise is broken."""
    from library import ExactStep, exact_loss, fraction

    y, p, loss, gradient = case["yTrue"], case["yPred"], case["loss"], np.array(case["gradient"])
    where = {key: case[key] for key in ("backend", "batch", "score", "slope", "threshold", "straightThrough")}
    if case["batch"] == "perfect":
        assert loss == 0, where
    if case["batch"].startswith("no positives"):
        assert loss == 1 and not np.any(gradient), where
        return 0.0
    step = ExactStep("identity" if case["slope"] == 1 else "softsign", case["slope"], case["threshold"])
    _, denominator = fraction(case["score"], case.get("beta"))
    if case["batch"] == "nothing predicted" and not denominator[2]:  # precision: 0/0
        assert loss == 1 and not np.any(gradient), where
        return 0.0
    if case["straightThrough"] and case["score"] == "precision" and not any(q > case["threshold"] for q in p):
        assert loss == 1 and not np.any(gradient), where
        return 0.0
    exact, slopes = exact_loss(case["score"], case.get("beta"), step, case["straightThrough"], False, y, p, [1] * len(y))
    difference = max(abs(loss - exact), abs(gradient - slopes).max() / (abs(slopes).max() or 1))
    assert difference <= TOLERANCE, (where, difference, loss, exact)
    return difference


def main():
    from backends import ask_each

    answers = ask_each("verify_recipe.py").values()
    cases = [case for answer in answers for case in answer["cases"]]
    training = [run for answer in answers for run in answer["training"]]
    print(f"recipe: within {max(check(case) for case in cases):.1e} of the exact losses and gradients")
    for run in training:
        assert run["hardF1After"] > run["hardF1Before"] + 0.2, run
    head = {"versions": record.versions("keras", "tensorflow", "jax", "torch", "numpy", "mpmath"), "seed": SEED}
    record.write("recipe.json", head, training=training, cases=cases)


if __name__ == "__main__":
    on_this_backend() if "--backend" in sys.argv else main()
