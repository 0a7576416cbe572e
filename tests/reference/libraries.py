"""Records what well-known libraries say where they have the same thing: libraries.json.

Nothing here is taken from the library that is tested.

- `metrics`: hard scores. torchmetrics (binary, multi-label, multi-class by argmax; no weights; a score of each row is its
  "samplewise" of a binary one) and Keras' metrics. All of them compute in float32.
- `losses`: soft scores with their gradients by automatic differentiation, in float64. Keras 3 on TensorFlow, optax on JAX,
  segmentation_models_pytorch on PyTorch. Predictions are probabilities, or logits where `fromLogits` says so.
- `differs`: where a library means something else: what it was called with, and what it says. `kind` names the difference.

Each entry says what was called (`function`) and the setting that corresponds to it (`score`, `average`, …); `set` is the
index of its batch. Two things correspond only by another name:

- Keras' Tversky counts (1 − y_pred)·y_true as `fp`: its `alpha` weighs false negatives, its `beta` false positives, whatever
  its documentation says. `alpha` and `beta` here are those of the false positives and negatives; `given` are Keras'.
- torchmetrics' multi-class accuracy is the recall; its macro leaves out a class that is neither a label nor a decision, which
  is a class weight of 0 here.

    python libraries.py
"""

from record import versions, write  # first: it sets what the frameworks read at import

import importlib
import importlib.util
import inspect
import itertools
import math
import os
import sys
import types
import warnings

os.environ["KERAS_BACKEND"] = "tensorflow"

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import tensorflow as tf
import torch
import torchmetrics.functional.classification as tm

SEED = 48356029 + 44
IGNORED = -1
jax.config.update("jax_enable_x64", True)
torch.set_num_threads(1)
warnings.filterwarnings("ignore")


def smp_losses():
    """The losses without the rest of the package, which would ask for torchvision and timm."""
    package = types.ModuleType("segmentation_models_pytorch")
    package.__path__ = importlib.util.find_spec("segmentation_models_pytorch").submodule_search_locations
    sys.modules[package.__name__] = package
    return importlib.import_module("segmentation_models_pytorch.losses")


smp = smp_losses()
rng = np.random.default_rng(SEED)
sets, metrics, losses, differs = [], [], [], []


def new_set(y, p, w=None):
    """Its index. Labels are one an output, or one class index a row."""
    y, p = np.asarray(y), np.asarray(p, float)
    sets.append({
        "shape": list(p.shape), "yTrue": y.ravel().tolist(), "yPred": p.ravel().tolist(),
        **({} if w is None else {"sampleWeight": np.asarray(w, float).tolist()}),
    })
    return len(sets) - 1


def plain(value):
    value = np.asarray(value, float)
    return [plain(v) for v in value] if value.ndim else None if math.isnan(value) else float(value)


def unit(*shape):
    return rng.integers(1, 256, shape) / 256


def distinct(n, c):
    """Outputs without ties in a row."""
    return np.array([rng.permutation(np.arange(1, 256))[:c] for _ in range(n)]) / 256


def some_ignored(y, share=0.2):
    y = y.copy()
    gone = rng.random(y.shape) < share
    gone.ravel()[:2] = [True, False]
    y[gone] = IGNORED
    return y


# ---------------------------------------------------------------------------------------------------------------------
# metrics: torchmetrics

# Ours: (its function's ending, what it takes besides)
TORCHMETRICS = {
    "precision": ("precision", {}), "recall": ("recall", {}), "specificity": ("specificity", {}), "f1": ("f1_score", {}),
    "fBeta0.5": ("fbeta_score", {"beta": 0.5}), "fBeta2": ("fbeta_score", {"beta": 2.0}), "jaccard": ("jaccard_index", {}),
    "accuracy": ("accuracy", {}), "mcc": ("matthews_corrcoef", {}), "cohenKappa": ("cohen_kappa", {}),
}


def call(name, p, y, **options):
    function = getattr(tm, name)
    known = inspect.signature(function).parameters
    options = {key: value for key, value in options.items() if key in known}
    with torch.no_grad():
        return np.asarray(function(torch.tensor(p, dtype=torch.float32), torch.tensor(y), **options))


def zero_divisions(name):
    return (0, 1) if "zero_division" in inspect.signature(getattr(tm, name)).parameters else (0,)


def torch_binary():
    y = rng.integers(0, 2, 20)
    batches = [
        (y, unit(20), {}), (y, unit(20), {"threshold": 0.25}), (rng.integers(0, 2, 40), rng.integers(1, 8, 40) / 8, {}),
        (some_ignored(rng.integers(0, 2, 25)), unit(25), {"ignore_index": IGNORED}),
        (np.zeros(6, int), unit(6), {}), (np.ones(6, int), unit(6), {}), (np.array([0, 1, 1, 0]), unit(4) / 4, {}),
        (np.zeros(4, int), unit(4) / 4, {}), (rng.integers(0, 2, 9), (1 + unit(9)) / 2, {}),
    ]
    for y, p, options in batches:
        index = new_set(y, p)
        sure = y[y != IGNORED], (p > options.get("threshold", 0.5))[y != IGNORED]
        degenerate = any(len(set(v.tolist())) < 2 for v in sure)
        for score, (ending, extra) in TORCHMETRICS.items():
            if degenerate and score in ("mcc", "cohenKappa"):
                continue  # `differs` has them
            for zero in zero_divisions(f"binary_{ending}"):
                value = call(f"binary_{ending}", p, y, zero_division=zero, **options, **extra)
                metrics.append({
                    "library": "torchmetrics", "function": f"binary_{ending}", "set": index, "score": score, "average": "binary",
                    "zeroDivision": zero, **ours(options), "value": plain(value),
                })


def ours(options):
    names = {"threshold": "threshold", "ignore_index": "ignoreLabel"}
    return {names[key]: value for key, value in options.items()}


def torch_multilabel():
    absent, low = rng.integers(0, 2, (9, 4)), unit(9, 4)
    absent[:, 1], absent[:, 3] = 0, 1  # a class without positives, one without negatives
    low[:, 2] /= 4  # one that is never predicted
    batches = [
        (rng.integers(0, 2, (14, 3)), unit(14, 3), {}), (rng.integers(0, 2, (14, 3)), unit(14, 3), {"threshold": 0.25}),
        (some_ignored(rng.integers(0, 2, (15, 3))), unit(15, 3), {"ignore_index": IGNORED}), (absent, low, {}),
        (np.zeros((5, 3), int), unit(5, 3) / 4, {}),
    ]
    for y, p, options in batches:
        index = new_set(y, p)
        for score, (ending, extra) in TORCHMETRICS.items():
            if score == "cohenKappa":
                continue  # not for multi-label
            name = f"multilabel_{ending}"
            averages = ["micro"] if score == "mcc" else ["micro", "macro", "weighted", "none"]
            for zero, average in itertools.product(zero_divisions(name), averages):
                if score == "mcc" and not (y == 1).any():
                    continue
                value = plain(call(name, p, y, num_labels=p.shape[1], average=average, zero_division=zero, **options, **extra))
                case = {
                    "library": "torchmetrics", "function": name, "set": index, "score": score, "average": average,
                    "zeroDivision": zero, **ours(options), "value": value,
                }
                if average == "weighted" and zero == 1 and not (y == 1).any():
                    differs.append({"kind": "weighted, no positive anywhere", **case})
                else:
                    metrics.append(case)
            if options or score in ("mcc", "jaccard"):
                continue
            name = f"binary_{ending}"  # rows
            for zero in zero_divisions(name):
                value = call(name, p, y, multidim_average="samplewise", zero_division=zero, **extra)
                metrics.append({
                    "library": "torchmetrics", "function": f"{name}, samplewise", "set": index, "score": score, "average": "samples",
                    "zeroDivision": zero, "value": plain(value.astype(float).mean()),
                })


def torch_multiclass():
    batches = [
        (rng.integers(0, 3, 16), distinct(16, 3), {}), (rng.integers(0, 5, 40), distinct(40, 5), {}),
        (some_ignored(rng.integers(0, 3, 18)), distinct(18, 3), {"ignore_index": IGNORED}),
    ]
    y, p = rng.integers(0, 3, 12), distinct(12, 5)  # class 3 is never a label, class 4 neither a label nor a decision
    p[range(10), y[:10]] += 1  # most are right
    p[:, 4] /= 256
    p[10, 3], p[:, :4] = 4, p[:, :4] / 4
    batches.append((y, p, {}))
    p = distinct(10, 4)
    p[:, 2] /= 256  # a label that is never predicted
    batches.append((np.array([0, 1, 2, 3, 2, 1, 0, 2, 3, 1]), p, {}))
    for y, p, options in batches:
        n, c = p.shape
        index = new_set(y, p)
        decided, kept = p.argmax(axis=1), y != IGNORED
        occurs = [bool(((y == k) | (decided == k))[kept].any()) for k in range(c)]
        for score, (ending, extra) in TORCHMETRICS.items():
            if score in ("mcc", "cohenKappa"):
                continue  # of the whole table, not of one class against the rest
            name = f"multiclass_{ending}"
            for zero, average in itertools.product(zero_divisions(name), ["micro", "macro", "weighted", "none"]):
                value = plain(call(name, p, y, num_classes=c, average=average, zero_division=zero, **options, **extra))
                case = {
                    "library": "torchmetrics", "function": name, "set": index, "score": "recall" if score == "accuracy" else score,
                    "average": average, "decision": "argmax", "zeroDivision": zero, **ours(options), "value": value,
                }
                if average == "macro" and not all(occurs):
                    differs.append({"kind": "macro, absent class", **case})
                    case = {**case, "classWeights": [int(some) for some in occurs]}
                metrics.append(case)


def torch_differs():
    """Binary scores of one class only, and what is of the whole table."""
    for y, d in [([1, 1, 1, 1], [1, 0, 1, 1]), ([0, 0, 0, 0], [1, 0, 0, 0]), ([1, 1, 1], [1, 1, 1]), ([1, 0, 1, 1], [1, 1, 1, 1])]:
        index = new_set(np.array(y), np.array(d) * 0.75 + 0.125)
        for score in ("mcc", "cohenKappa"):
            name = f"binary_{TORCHMETRICS[score][0]}"
            value = plain(call(name, np.array(d) * 0.75 + 0.125, y))
            differs.append({
                "kind": "0/0", "library": "torchmetrics", "function": name, "set": index, "score": score, "average": "binary",
                "zeroDivision": 0, "value": value,
            })
    y, p = rng.integers(0, 3, 16), distinct(16, 3)
    index = new_set(y, p)
    for score, ending in (("accuracy", "accuracy"), ("mcc", "matthews_corrcoef"), ("cohenKappa", "cohen_kappa")):
        differs.append({
            "kind": "multi-class", "library": "torchmetrics", "function": f"multiclass_{ending}", "set": index, "score": score,
            "average": "micro", "decision": "argmax", "zeroDivision": 0,
            "value": plain(call(f"multiclass_{ending}", p, y, num_classes=3, average="micro")),
        })


# ---------------------------------------------------------------------------------------------------------------------
# metrics: Keras


def keras_value(metric, y, p, w=None):
    metric.update_state(np.asarray(y, "float32"), np.asarray(p, "float32"), sample_weight=None if w is None else np.asarray(w, "float32"))
    return plain(np.asarray(metric.result()))


def keras_metrics():
    weights = lambda n: rng.integers(0, 17, n) / 8
    absent, low = rng.integers(0, 2, (9, 4)), unit(9, 4)
    absent[:, 1] = 0
    low[:, 2] /= 4
    hot = np.eye(4, dtype=int)[rng.integers(0, 3, 15)]  # one class that does not occur
    batches = [
        (rng.integers(0, 2, (14, 3)), distinct(14, 3), None), (rng.integers(0, 2, (14, 3)), distinct(14, 3), weights(14)),
        (absent, low, None), (absent, low, weights(9)), (hot, distinct(15, 4), None), (hot, distinct(15, 4), weights(15)),
    ]
    for y, p, w in batches:
        index = new_set(y, p, w)
        for threshold, average, (score, beta) in itertools.product(
            (None, 0.5, 0.25), (None, "micro", "macro", "weighted"), (("f1", 1.0), ("fBeta0.5", 0.5), ("fBeta2", 2.0)),
        ):
            if threshold is None and len(set(map(len, map(set, p.tolist())))) > 1:
                continue  # ties
            options = {"average": average, "threshold": threshold}
            metric = keras.metrics.F1Score(**options) if score == "f1" else keras.metrics.FBetaScore(beta=beta, **options)
            metrics.append({
                "library": "keras", "function": type(metric).__name__, "set": index, "score": score,
                "average": "none" if average is None else average, "zeroDivision": 0,
                **({"decision": "argmax"} if threshold is None else {"threshold": threshold}), "value": keras_value(metric, y, p, w),
            })
        for threshold, (score, kind) in itertools.product(
            (0.25, 0.5, 0.875), (("precision", keras.metrics.Precision), ("recall", keras.metrics.Recall)),
        ):
            common = {"library": "keras", "function": kind.__name__, "set": index, "score": score, "zeroDivision": 0, "threshold": threshold}
            metrics.append({**common, "average": "micro", "value": keras_value(kind(thresholds=threshold), y, p, w)})
            each = [keras_value(kind(thresholds=threshold, class_id=k), y, p, w) for k in range(p.shape[1])]
            metrics.append({**common, "function": f"{kind.__name__}, class_id", "average": "none", "value": each})
    for w in (None, weights(20)):
        y, p = rng.integers(0, 2, (20, 1)), unit(20, 1) - 1 / 512  # none on a threshold: BinaryIoU takes that for a positive
        index = new_set(y, p, w)
        for threshold, (score, kind) in itertools.product(
            (0.25, 0.5), (("precision", keras.metrics.Precision), ("recall", keras.metrics.Recall), ("f1", keras.metrics.F1Score),
                          ("accuracy", keras.metrics.BinaryAccuracy), ("jaccard", keras.metrics.BinaryIoU)),
        ):
            options = {"thresholds": threshold} if score in ("precision", "recall") else {"threshold": threshold}
            if score == "f1":
                options["average"] = "micro"
            if score == "jaccard":
                if w is not None:
                    continue  # `differs` has it
                options["target_class_ids"] = [1]
            metrics.append({
                "library": "keras", "function": kind.__name__, "set": index, "score": score, "average": "binary", "zeroDivision": 0,
                "threshold": threshold, "value": keras_value(kind(**options), y, p, w),
            })


def keras_metrics_differ():
    y, p = [[1], [1], [0], [0]], [[0.5], [0.75], [0.5], [0.25]]  # two outputs on the threshold
    index = new_set(y, p)
    for score, metric in (
        ("jaccard", keras.metrics.BinaryIoU(target_class_ids=[1], threshold=0.5)),
        ("f1", keras.metrics.F1Score(threshold=0.5, average="micro")),
        ("precision", keras.metrics.Precision(thresholds=0.5)), ("accuracy", keras.metrics.BinaryAccuracy(threshold=0.5)),
    ):
        differs.append({
            "kind": "on the threshold", "library": "keras", "function": type(metric).__name__, "set": index, "score": score,
            "average": "binary", "zeroDivision": 0, "value": keras_value(metric, y, p),
        })
    y, p, w = [[1], [1], [0], [0]], [[0.75], [0.25], [0.75], [0.25]], [1.75, 1, 1.5, 1]
    value = keras_value(keras.metrics.BinaryIoU(target_class_ids=[1]), y, p, w)
    add(differs, "keras", "BinaryIoU", new_set(y, p, w), "jaccard", "binary", {"value": value}, kind="fractions of weights", zeroDivision=0)
    y, p = np.eye(3, dtype=int)[[0, 1, 2, 2]], [[0.5, 0.5, 0.25], [0.25, 0.5, 0.5], [0, 0, 0], [0.25, 0.25, 0.5]]
    index = new_set(y, p)
    for average in (None, "micro", "macro"):
        differs.append({
            "kind": "ties of argmax", "library": "keras", "function": "F1Score", "set": index, "score": "f1", "decision": "argmax",
            "average": average or "none", "zeroDivision": 0, "value": keras_value(keras.metrics.F1Score(average=average), y, p),
        })


# ---------------------------------------------------------------------------------------------------------------------
# losses


def keras_loss(loss, y, x, w=None):
    x = tf.Variable(np.asarray(x, float))
    with tf.GradientTape() as tape:
        value = loss(tf.constant(np.asarray(y, float)), x, sample_weight=None if w is None else np.asarray(w, float))
    return {"value": plain(value), "gradient": plain(np.asarray(tape.gradient(value, x)).ravel())}


def optax_loss(function, y, x, **options):
    y, x = jnp.asarray(y, float)[None], jnp.asarray(x, float)[None]  # one image, its rows the pixels
    value, gradient = jax.value_and_grad(lambda x: jnp.sum(function(x, y, **options)))(x)
    return {"value": plain(value), "gradient": plain(np.asarray(gradient).ravel())}


def smp_loss(loss, y, x):
    """Labels of shape [n] are class indices; [n, c] go in as [1, c, n]."""
    turned = lambda t: t.T[None] if t.ndim == 2 else t[None]
    x = torch.tensor(np.asarray(x, float), requires_grad=True)
    y = torch.tensor(y)
    value = loss(turned(x), y[None] if y.ndim == 1 else turned(y))
    value.backward()
    return {"value": plain(value.detach()), "gradient": plain(x.grad.numpy().ravel())}


def probabilities(n, c):
    """Rows that add up to 1, in 4096ths."""
    cuts = np.sort(rng.choice(np.arange(1, 4096), (n, c - 1)), axis=1)
    return np.diff(np.hstack([np.zeros((n, 1)), cuts, np.full((n, 1), 4096)]), axis=1) / 4096


def fine(*shape):
    return rng.integers(1, 4096, shape) / 4096


def logits(*shape):
    return np.round(rng.normal(0, 1.5, shape) * 4096) / 4096


def add(to, library, function, index, score, average, result, **more):
    to.append({"library": library, "function": function, "set": index, "score": score, "average": average, **more, **result})


TVERSKY = [(0.5, 0.5), (0.3, 0.7), (1.0, 1.0), (2.0, 0.5)]


def keras_losses():
    one = rng.integers(0, 2, (8, 1))
    many = rng.integers(0, 2, (7, 3))
    absent = many.copy()
    absent[:, 1], absent[2] = 0, 0
    soft = rng.integers(0, 17, (6, 3)) / 16
    for y in (one, many, absent, soft):
        p = fine(*y.shape)
        index = new_set(y, p)
        axes = {"binary": None} if y is one else {"micro": None, "macro": 0, "samples": 1}
        for average, axis in axes.items():
            options = {"axis": axis, "dtype": "float64"}
            add(losses, "keras", "Dice", index, "dice", average, keras_loss(keras.losses.Dice(**options), y, p))
            for a, b in TVERSKY:
                result = keras_loss(keras.losses.Tversky(alpha=a, beta=b, **options), y, p)
                more = {"alpha": b, "beta": a, "given": {"alpha": a, "beta": b}}
                add(losses, "keras", "Tversky", index, "tversky", average, result, **more)
    y, p, w = rng.integers(0, 2, (6, 4)), fine(6, 4), rng.integers(1, 17, 6) / 8
    index = new_set(y, p, w)
    mean = {"axis": 1, "dtype": "float64", "reduction": "mean_with_sample_weight"}
    add(losses, "keras", "Dice, mean_with_sample_weight", index, "dice", "samples", keras_loss(keras.losses.Dice(**mean), y, p, w))
    for a, b in TVERSKY:
        result = keras_loss(keras.losses.Tversky(alpha=a, beta=b, **mean), y, p, w)
        more = {"alpha": b, "beta": a, "given": {"alpha": a, "beta": b}}
        add(losses, "keras", "Tversky, mean_with_sample_weight", index, "tversky", "samples", result, **more)


def keras_losses_differ():
    y, p, w = np.array([[1], [0], [1], [0]]), np.array([[0.75], [0.5], [0.25], [0.125]]), np.array([4.0, 1, 0, 1])
    index = new_set(y, p, w)
    for reduction in ("sum_over_batch_size", "sum", "mean_with_sample_weight"):
        loss = keras.losses.Dice(dtype="float64", reduction=reduction)
        add(differs, "keras", "Dice", index, "dice", "binary", keras_loss(loss, y, p, w), kind="sample_weight", reduction=reduction)
    bare = new_set(y, p)
    add(differs, "keras", "Dice", bare, "dice", "binary", keras_loss(keras.losses.Dice(dtype="float64"), y, p), kind="no sample_weight")
    p3, y3, w3 = np.array([[0.75, 0.25], [0.5, 0.5], [0.25, 0.75]]), np.array([[1, 0], [1, 0], [0, 1]]), np.array([4.0, 1, 1])
    index = new_set(y3, p3, w3)
    result = keras_loss(keras.losses.Dice(axis=1, dtype="float64"), y3, p3, w3)
    add(differs, "keras", "Dice", index, "dice", "samples", result, kind="sample_weight, axis 1")
    try:
        keras_loss(keras.losses.Dice(axis=0, dtype="float64"), y3, p3, w3)
        raise SystemExit("Keras' Dice(axis=0) takes sample weights now")
    except tf.errors.InvalidArgumentError:
        pass
    for a, b in ((0.3, 0.7), (1.0, 0.0), (0.0, 1.0)):
        result = keras_loss(keras.losses.Tversky(alpha=a, beta=b, dtype="float64"), y, p)
        add(differs, "keras", "Tversky", bare, "tversky", "binary", result, kind="alpha and beta", alpha=a, beta=b)


def optax_losses():
    dice = optax.losses.dice_loss
    for y in (rng.integers(0, 2, (9, 1)), rng.integers(0, 17, (7, 1)) / 16):
        x = logits(*y.shape)
        index = new_set(y, x)
        result = optax_loss(optax.losses.binary_dice_loss, y, x, smooth=0.0)
        add(losses, "optax", "binary_dice_loss", index, "dice", "binary", result, fromLogits=True)
        for a, b in TVERSKY:
            result = optax_loss(dice, y, x, smooth=0.0, alpha=a, beta=b)
            add(losses, "optax", "dice_loss", index, "tversky", "binary", result, alpha=a, beta=b, fromLogits=True)
    eye = np.eye(3)
    absent = eye[[0, 2, 0, 2, 2, 0, 0, 2]]
    for y in (eye[rng.permutation([0, 1, 2, 0, 1, 2, 1, 0])], absent, rng.integers(0, 17, (6, 3)) / 16):
        p = probabilities(len(y), 3)
        index = new_set(y, p)
        plainly = {"smooth": 0.0, "apply_softmax": False}
        for a, b in TVERSKY:
            add(losses, "optax", "dice_loss", index, "tversky", "macro", optax_loss(dice, y, p, alpha=a, beta=b, **plainly), alpha=a, beta=b)
            add(losses, "optax", "dice_loss, ignore_background", index, "tversky", "macro",
                optax_loss(dice, y, p, alpha=a, beta=b, ignore_background=True, **plainly), alpha=a, beta=b, classWeights=[0, 1, 1])
            add(losses, "optax", "dice_loss, one image a row", index, "tversky", "samples", per_row(y, p, a, b), alpha=a, beta=b)
        if y is not absent:
            frequencies = 1 / (y.sum(axis=0) ** 2 + 1e-7)
            add(losses, "optax", "multiclass_generalized_dice_loss", index, "dice", "macro",
                optax_loss(optax.losses.multiclass_generalized_dice_loss, y, p, **plainly), classWeights=plain(frequencies))


def optax_losses_differ():
    dice = optax.losses.dice_loss
    y, p = np.eye(3)[[0, 0, 1, 1]], np.array([[0.75, 0.25, 0], [0.5, 0.5, 0], [0.25, 0.5, 0.25], [0, 1, 0]])
    index = new_set(y, p)
    for smooth in (1.0, 0.0):
        result = optax_loss(dice, y, p, smooth=smooth, apply_softmax=False)
        add(differs, "optax", "dice_loss", index, "dice", "macro", result, kind=f"smooth {smooth:g}, absent class")
    weights = [1.0, 2.0, 3.0]
    y, p = np.eye(3)[[0, 1, 1, 2]], np.array([[0.75, 0.25, 0], [0.5, 0.5, 0], [0.25, 0.5, 0.25], [0, 0.5, 0.5]])
    index = new_set(y, p)
    result = optax_loss(dice, y, p, smooth=0.0, apply_softmax=False, class_weights=jnp.array(weights))
    add(differs, "optax", "dice_loss", index, "dice", "macro", result, kind="class_weights", classWeights=weights)
    none = np.zeros((3, 1)), np.array([[-2000.0], [-3000.0], [-4000.0]])
    index = new_set(*none)
    for smooth in (1.0, 0.0):
        result = optax_loss(optax.losses.binary_dice_loss, *none, smooth=smooth)
        add(differs, "optax", "binary_dice_loss", index, "dice", "binary", result, kind=f"smooth {smooth:g}, 0/0", fromLogits=True)


def smp_all():
    names = [("DiceLoss", "dice"), ("JaccardLoss", "jaccard"), ("TverskyLoss", "tversky")]

    def each(mode, index, y, x, average, kind=None, **options):
        more = {
            "fromLogits": options["from_logits"], **({"classWeights": options["class_weights"]} if "class_weights" in options else {}),
            **({"ignoreLabel": options["ignore_index"]} if "ignore_index" in options else {}), **({} if kind is None else {"kind": kind}),
        }
        for name, score in names:
            for a, b in TVERSKY if score == "tversky" else [(None, None)]:
                own = {} if a is None else {"alpha": a, "beta": b}
                result = smp_loss(getattr(smp, name)(mode, **options, **own), y, x)
                add(losses if kind is None else differs, "smp", f"{name}, {mode}", index, score, average, result, **own, **more)

    for from_logits in (False, True):
        outputs = logits if from_logits else fine
        y, x = rng.integers(0, 2, (9, 1)), outputs(9, 1)
        each("binary", new_set(y, x), y, x, "binary", from_logits=from_logits)
        y, x = some_ignored(rng.integers(0, 2, (9, 1))), outputs(9, 1)
        each("binary", new_set(y, x), y, x, "binary", from_logits=from_logits, ignore_index=IGNORED)
        y, x = rng.integers(0, 2, (8, 3)), outputs(8, 3)
        y[0] = 1
        index = new_set(y, x)
        each("multilabel", index, y, x, "macro", from_logits=from_logits)
        each("multilabel", index, y, x, "macro", from_logits=from_logits, class_weights=[0.5, 2.0, 1.25])
        y, x = some_ignored(rng.integers(0, 2, (8, 3))), outputs(8, 3)
        y[1:3] = 1
        each("multilabel", new_set(y, x), y, x, "macro", from_logits=from_logits, ignore_index=IGNORED)
    y, p = rng.permutation([0, 1, 2, 0, 1, 2, 2, 1, 0]), probabilities(9, 3)
    index = new_set(y, p)
    each("multiclass", index, y, p, "macro", from_logits=False)
    each("multiclass", index, y, p, "macro", from_logits=False, class_weights=[0.5, 2.0, 1.25])
    y, p = some_ignored(np.repeat([0, 1, 2], 5)), probabilities(15, 3)
    each("multiclass", new_set(y, p), y, p, "macro", from_logits=False, ignore_index=IGNORED)
    # Where it is another thing: a class without a positive, soft labels.
    y, p = np.array([0, 0, 1, 1]), np.array([[0.75, 0.125, 0.125], [0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.125, 0.75, 0.125]])
    each("multiclass", new_set(y, p), y, p, "macro", kind="absent class", from_logits=False)
    y, p = np.zeros((4, 1), int), np.array([[0.75], [0.5], [0.25], [0.875]])
    each("binary", new_set(y, p), y, p, "binary", kind="no positive", from_logits=False)
    y, p = np.array([[0.5], [0.25], [1]]), np.array([[0.5], [0.75], [0.25]])
    each("binary", new_set(y, p), y, p, "binary", kind="soft labels", from_logits=False)
    for eps in (1e-5, 0.0):
        for size in (8, 15):
            y, p = rng.permutation(np.arange(size) % 2), fine(size)
            index = new_set(y, p)
            result = smp_loss(smp.MCCLoss(eps=eps), y, p)
            add(losses, "smp", "MCCLoss", index, "mcc", "binary", result, epsilon=eps)


def per_row(y, p, a, b):
    """The mean of optax' losses, each row an image whose pixels are its columns, their classes "yes" and "no"."""
    y, x = jnp.asarray(y, float), jnp.asarray(p, float)
    rows = lambda x: jnp.mean(optax.losses.dice_loss(jnp.stack([x, 1 - x], -1), jnp.stack([y, 1 - y], -1), smooth=0.0, alpha=a, beta=b,
                                                     apply_softmax=False, reduction="none")[:, 0])
    value, gradient = jax.value_and_grad(rows)(x)
    return {"value": plain(value), "gradient": plain(np.asarray(gradient).ravel())}


if __name__ == "__main__":
    for record in (
        torch_binary, torch_multilabel, torch_multiclass, torch_differs, keras_metrics, keras_metrics_differ, keras_losses,
        keras_losses_differ, optax_losses, optax_losses_differ, smp_all,
    ):
        record()
    found = versions("torch", "torchmetrics", "tensorflow", "keras", "jax", "optax", "segmentation-models-pytorch", "numpy")
    write("libraries.json", {"versions": found, "seed": SEED}, sets=sets, metrics=metrics, losses=losses, differs=differs)
