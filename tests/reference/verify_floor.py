"""Records what recipe_keras_floor.py computes on each backend, in float32: recipe_floor.json.

`cases` are losses and gradients, for a test that compares them with the library's. `training` is a logistic regression on
rows of which one in ten is positive, by cross-entropy and by the recipe: precision and recall at 0.5 on held-out rows.

    python verify_floor.py
"""

import record  # first: it sets what the frameworks read at import

import json
import sys

import numpy as np
from verify_recipe import SEED, WITH_NAN, batches


def on_this_backend():
    """The values, gradients and training runs of the backend that Keras was started with."""
    import keras
    from backends import value_and_gradient
    from recipe_keras_floor import precision_at_recall_loss

    backend, cases, training = keras.backend.backend(), [], []
    for batch, (y, p) in batches().items():
        for recall in (0.5, 0.9):
            for slope in (1.0, 4.0, 20.0):
                recipe = precision_at_recall_loss(recall=recall, slope=slope)
                labels = keras.ops.convert_to_tensor(np.array(y, "float32"))
                loss, gradient = value_and_gradient(lambda q: recipe(labels, q), np.array(p, "float32"))
                cases.append({
                    "backend": backend, "batch": batch, "recall": recall, "slope": slope, "yTrue": y, "yPred": p,
                    "loss": float(loss), "gradient": [float(g) for g in gradient],
                })
    for y, p in WITH_NAN:
        assert np.isnan(value_and_gradient(lambda q: precision_at_recall_loss()(np.array(y, "float32"), q), np.array(p, "float32"))[0])

    rng = np.random.default_rng(SEED)
    y = (rng.random((4000, 1)) < 0.1).astype("float32")
    x = (rng.normal(size=(4000, 4)) + y).astype("float32")
    for name in ("cross-entropy", "recipe"):
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")])
        loss = "binary_crossentropy" if name == "cross-entropy" else precision_at_recall_loss(recall=0.9)
        model.compile(keras.optimizers.Adam(0.05), loss=loss)
        model.fit(x[:2000], y[:2000], batch_size=500, epochs=50, shuffle=False, verbose=0)
        decided = model.predict(x[2000:], verbose=0) > 0.5
        hits = float(np.sum(decided * y[2000:]))
        training.append({
            "backend": backend, "loss": name,
            "precision": round(hits / max(1.0, float(np.sum(decided))), 4), "recall": round(hits / float(np.sum(y[2000:])), 4),
        })
    print(json.dumps({"cases": cases, "training": training}))


def main():
    from backends import ask_each

    answers = list(ask_each("verify_floor.py").values())
    head = {"versions": record.versions("keras", "tensorflow", "jax", "torch", "numpy"), "seed": SEED}
    sections = {name: [one for answer in answers for one in answer[name]] for name in ("training", "cases")}
    record.write("recipe_floor.json", head, **sections)


if __name__ == "__main__":
    on_this_backend() if "--backend" in sys.argv else main()
