"""Records what each backend of Keras 3 does with the losses of the question: thread_backends.json.

The question is Stack Overflow 48356029. `training` has each loss compiled and fitted with SGD and with Adam: whether it
raises, where and with which words, or else whether the weights moved. `operations` has the gradient of round and of its
relatives, straight from TensorFlow, JAX and PyTorch. `straightThroughWithEpsilon` has the gradient of the straight-through
precision loss with an ε, on a batch without a positive decision.

    python thread_backends.py
"""

import record  # first: it sets what the frameworks read at import

import json
import sys

import numpy as np

SEED = 48356029
EPSILON = 1e-7
ROWS, EPOCHS, BATCH = 512, 20, 64

# ---------------------------------------------------------------------------------------------------------------------
# The losses, as they were asked and answered.


def precision_loss(predicted, actual, epsilon=EPSILON):
    """The question's formula: 1 − tp / (tp + fp + ε), with `predicted` and `actual` in the place of rounding."""
    from keras import ops

    def loss(y_true, y_pred):
        pred, pos = predicted(ops.clip(y_pred, 0, 1)), actual(ops.clip(y_true, 0, 1))
        tp = ops.sum(ops.clip(pos * pred, 0, 1))
        fp = ops.sum(ops.clip((1 - pos) * pred, 0, 1))
        return 1 - tp / (tp + fp + epsilon)

    return loss


def losses():
    """The loss functions by name, with the words that say what each is."""
    from keras import ops
    from recipe_keras import f_beta_loss

    def ramp(v):
        return ops.maximum(0.0, ops.minimum(1.0, (v + 0.0625) / 0.125))

    def softsign(v, k=100.0):
        return ops.maximum(0.0, ops.minimum(1.0, 0.5 * (1 + (k * v) / (1 + k * ops.abs(v)))))

    def greater(v):
        return ops.cast(v > 0.5, "float32")

    def sign(v):
        return 0.5 * (1 + ops.sign(v - 0.5))

    def through(v):
        return v + ops.stop_gradient(ops.round(v) - v)

    return {
        "askedRound": ("round(p), as asked", precision_loss(ops.round, ops.round)),
        "askedRamp": ("max(0, min(1, (v + 0.0625) / 0.125)) on both sides, as asked", precision_loss(ramp, ramp)),
        "rampAtHalf": ("the same ramp centred at 0.5", precision_loss(lambda v: ramp(v - 0.5), ops.round)),
        "answeredSoftsign": ("max(0, min(1, 0.5 (1 + k v / (1 + k |v|)))) on both sides, k = 100, as answered", precision_loss(softsign, softsign)),
        "greater": ("cast(p > 0.5, float)", precision_loss(greater, ops.round)),
        "sign": ("(1 + sign(p - 0.5)) / 2", precision_loss(sign, ops.round)),
        "straightThrough": ("p + stop_gradient(round(p) - p)", precision_loss(through, ops.round)),
        "straightThroughPlusOne": ("the same with 1 in the place of epsilon", precision_loss(through, ops.round, epsilon=1.0)),
        "recipePrecision": ("the recipe: anchored softsign at 0.5, slope 10, no epsilon", f_beta_loss(beta=0, slope=10.0)),
        "recipePrecisionThrough": ("the recipe, straight through", f_beta_loss(beta=0, slope=10.0, straight_through=True)),
        "recipeF1": ("the recipe's F1: anchored softsign at 0.5, slope 10, no epsilon", f_beta_loss(beta=1, slope=10.0)),
        "recipeF1Through": ("the recipe's F1, straight through", f_beta_loss(beta=1, slope=10.0, straight_through=True)),
    }


# ---------------------------------------------------------------------------------------------------------------------
# Training


def problem(rng):
    """Five features, about one positive in five; weights at which the untrained outputs lie around 0.5."""
    x = rng.normal(size=(ROWS, 5)).astype("float32")
    y = (x @ [1.5, -1, 0.5, 0, 0] + 0.5 * rng.normal(size=ROWS) > 1.7).astype("float32")
    hidden, out = rng.normal(0, 0.5, (5, 8)), rng.normal(0, 0.3, (8, 1))
    return x, y.reshape(-1, 1), [hidden, np.zeros(8), out, np.zeros(1)]


def hard_scores(y, p):
    """Precision and recall of the decisions p > 0.5; precision is null where nothing is predicted."""
    decided = p > 0.5
    tp, predicted = float(np.sum(decided * y)), int(np.sum(decided))
    return {"predictedPositives": predicted, "precision": round(tp / predicted, 4) if predicted else None, "recall": round(tp / float(np.sum(y)), 4)}


def train(name, said, loss, optimizer, make_optimizer):
    """Compiles and fits one loss with one optimizer, and says what happened."""
    import keras

    x, y, start = problem(np.random.default_rng(SEED))
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(1, activation="sigmoid")])
    model.set_weights(start)
    weights = [w.copy() for w in model.get_weights()]
    entry = {"backend": keras.backend.backend(), "loss": name, "formula": said, "optimizer": optimizer}
    before = hard_scores(y, model.predict(x, verbose=0))
    stage = "compile"
    try:
        model.compile(make_optimizer(), loss=loss)
        stage = "fit"
        history = model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0).history["loss"]
    except Exception as error:  # the exception is what is recorded
        return entry | {"raises": True, "stage": stage, "exception": type(error).__name__, "message": str(error)}
    moved = max(float(np.abs(a - b).max()) for a, b in zip(model.get_weights(), weights))
    same = all(np.array_equal(a, b) for a, b in zip(model.get_weights(), weights))
    return entry | {
        "raises": False, "weightsBitIdentical": same, "largestWeightChange": float(f"{moved:.4g}"),
        "lossFirstEpoch": round(history[0], 5), "lossLastEpoch": round(history[-1], 5),
        "before": before, "after": hard_scores(y, model.predict(x, verbose=0)),
    }


# ---------------------------------------------------------------------------------------------------------------------
# Gradients of single operations, without Keras

POINTS = np.array([0.2, 0.45, 0.7, 0.9], "float32")


def operations(backend):
    """Operation name → (the framework's own call, a scalar function of x), for the framework behind a backend."""
    if backend == "tensorflow":
        import tensorflow as tf

        return {
            "round": ("tf.round(x)", lambda x: tf.reduce_sum(tf.round(x))),
            "floor": ("tf.floor(x)", lambda x: tf.reduce_sum(tf.floor(x))),
            "ceil": ("tf.math.ceil(x)", lambda x: tf.reduce_sum(tf.math.ceil(x))),
            "sign": ("tf.sign(x - 0.5)", lambda x: tf.reduce_sum(tf.sign(x - 0.5))),
            "greater": ("tf.cast(x > 0.5, tf.float32)", lambda x: tf.reduce_sum(tf.cast(x > 0.5, tf.float32))),
            "castToInteger": ("tf.cast(tf.cast(x + 0.5, tf.int32), tf.float32)", lambda x: tf.reduce_sum(tf.cast(tf.cast(x + 0.5, tf.int32), tf.float32))),
            "straightThrough": ("x + tf.stop_gradient(tf.round(x) - x)", lambda x: tf.reduce_sum(x + tf.stop_gradient(tf.round(x) - x))),
        }
    if backend == "jax":
        import jax
        from jax import numpy as jnp

        return {
            "round": ("jnp.round(x)", lambda x: jnp.sum(jnp.round(x))),
            "floor": ("jnp.floor(x)", lambda x: jnp.sum(jnp.floor(x))),
            "ceil": ("jnp.ceil(x)", lambda x: jnp.sum(jnp.ceil(x))),
            "sign": ("jnp.sign(x - 0.5)", lambda x: jnp.sum(jnp.sign(x - 0.5))),
            "greater": ("(x > 0.5).astype(jnp.float32)", lambda x: jnp.sum((x > 0.5).astype(jnp.float32))),
            "castToInteger": ("(x + 0.5).astype(jnp.int32).astype(jnp.float32)", lambda x: jnp.sum((x + 0.5).astype(jnp.int32).astype(jnp.float32))),
            "straightThrough": ("x + jax.lax.stop_gradient(jnp.round(x) - x)", lambda x: jnp.sum(x + jax.lax.stop_gradient(jnp.round(x) - x))),
        }
    import torch

    return {
        "round": ("torch.round(x)", lambda x: torch.round(x).sum()),
        "floor": ("torch.floor(x)", lambda x: torch.floor(x).sum()),
        "ceil": ("torch.ceil(x)", lambda x: torch.ceil(x).sum()),
        "sign": ("torch.sign(x - 0.5)", lambda x: torch.sign(x - 0.5).sum()),
        "greater": ("(x > 0.5).float()", lambda x: (x > 0.5).float().sum()),
        "castToInteger": ("(x + 0.5).int().float()", lambda x: (x + 0.5).int().float().sum()),
        "straightThrough": ("x + (torch.round(x) - x).detach()", lambda x: (x + (torch.round(x) - x).detach()).sum()),
    }


def gradients(backend):
    """The gradient of each operation at POINTS: numbers, null for "none", or the exception."""
    from backends import value_and_gradient

    entries = []
    for name, (code, function) in operations(backend).items():
        entry = {"framework": backend, "operation": name, "code": code, "x": [round(float(p), 2) for p in POINTS]}
        try:
            _, gradient = value_and_gradient(function, POINTS)
            entry |= {"raises": False, "gradient": None if gradient is None else [float(g) for g in gradient]}
        except Exception as error:  # the exception is what is recorded
            entry |= {"raises": True, "exception": type(error).__name__, "message": str(error)}
        entries.append(entry)
    return entries


def with_epsilon(backend, loss):
    """The gradient of the straight-through precision loss with ε where no decision is positive."""
    import keras
    from backends import value_and_gradient

    labels, p = [1.0, 0.0, 0.0, 1.0], [0.25, 0.125, 0.375, 0.4375]
    y = keras.ops.convert_to_tensor(np.array(labels, "float32"))
    value, gradient = value_and_gradient(lambda x: loss(y, x), np.array(p, "float32"))
    return {"backend": backend, "epsilon": EPSILON, "yTrue": labels, "yPred": p, "loss": float(value), "gradient": [float(g) for g in gradient]}


# ---------------------------------------------------------------------------------------------------------------------


def on_this_backend():
    import keras

    backend = keras.backend.backend()
    optimizers = {"SGD(0.1)": lambda: keras.optimizers.SGD(0.1), "Adam(0.01)": lambda: keras.optimizers.Adam(0.01)}
    training = [train(name, *what, optimizer, make) for name, what in losses().items() for optimizer, make in optimizers.items()]
    answer = {"training": training, "operations": gradients(backend), "epsilon": with_epsilon(backend, losses()["straightThrough"][1])}
    print(json.dumps(answer))


def main():
    from backends import ask_each

    answers = ask_each("thread_backends.py").values()
    head = {
        "question": "https://stackoverflow.com/questions/48356029", "versions": record.versions("keras", "tensorflow", "jax", "torch", "numpy"),
        "seed": SEED, "rows": ROWS, "epochs": EPOCHS, "batchSize": BATCH,
    }
    record.write(
        "thread_backends.json", head,
        training=[entry for answer in answers for entry in answer["training"]],
        operations=[entry for answer in answers for entry in answer["operations"]],
        straightThroughWithEpsilon=[answer["epsilon"] for answer in answers],
    )


if __name__ == "__main__":
    on_this_backend() if "--backend" in sys.argv else main()
