"""Records every setting: settings.json, scores × averages × decisions × weights × zero division.

Nothing here is taken from the library.

- `hard`: scikit-learn. Where it has a score with an average of its own (precision, recall, Fβ, Jaccard), that is recorded; the
  others are its binary scores, of each column, each row, or all columns in one (micro), and their mean is taken here.
  `zeroDivision` "skip" is its `np.nan`; where nothing is left of a mean it says NaN (here null), Roundabout 0.
- `cases`: losses and their gradients in float64 by PyTorch's automatic differentiation, from formulas written here. The moving
  threshold of a budget is solved by Brent's method and differentiated through one Newton step, which is the implicit function
  theorem. Every sixth is worked out again by TensorFlow from other forms, every seventh by central differences.

Where scikit-learn means something else, `differs` holds what it says:

- `balanced_accuracy_score` leaves out a class that does not occur (with a warning), and gives the recall of the other; here the
  score is not defined there, and is what `zeroDivision` says.
- `matthews_corrcoef` is 0 where it is 0/0, `cohen_kappa_score` NaN (`replace_undefined_by`); here both are `zeroDivision`.
- `accuracy_score` of multi-label rows asks for whole rows; here "micro" is the share of the single decisions.
- Its "weighted" recall of the negatives (specificity) would weigh a class by its negatives; here always by its positives.

    python settings.py
"""

from record import versions, write  # first: it sets what the frameworks read at import

import itertools
import math
import warnings

import numpy as np
import tensorflow as tf
import torch
from scipy.optimize import brentq
from sklearn import metrics as sk

SEED = 48356029
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
warnings.filterwarnings("ignore")

NAMES = [
    "precision", "recall", "specificity", "npv", "accuracy", "balancedAccuracy", "f1", "fBeta0.5", "fBeta2", "jaccard", "dice",
    "tversky0.3_0.7", "mcc", "cohenKappa", "informedness", "markedness", "gMean", "fowlkesMallows", "precisionAtRecall0.7",
    "recallAtPrecision0.6", "utility",
]
AVERAGES = ["micro", "macro", "weighted", "samples"]
WORTH = (100, -5, -20, 1)  # of a tp, fp, fn, tn

# ---------------------------------------------------------------------------------------------------------------------
# hard: scikit-learn


def binary_score(name, y, d, w=None):
    """A score of 0/1 labels and decisions by scikit-learn; NaN where it is not defined."""
    total = lambda of: float(np.sum(of if w is None else of * w))
    some = total(np.ones(len(y))) > 0
    positives, negatives = total(y) > 0, total(1 - y) > 0
    predicted, rejected = total(d) > 0, total(1 - d) > 0
    both = total(y) + total(d) > 0
    nan = float("nan")
    if name == "precision":
        return sk.precision_score(y, d, sample_weight=w) if predicted else nan
    if name == "recall":
        return sk.recall_score(y, d, sample_weight=w) if positives else nan
    if name == "specificity":
        return sk.recall_score(y, d, pos_label=0, sample_weight=w) if negatives else nan
    if name == "npv":
        return sk.precision_score(y, d, pos_label=0, sample_weight=w) if rejected else nan
    if name == "accuracy":
        return sk.accuracy_score(y, d, sample_weight=w) if some else nan
    if name in ("f1", "dice"):
        return sk.f1_score(y, d, sample_weight=w) if both else nan
    if name.startswith("fBeta"):
        return sk.fbeta_score(y, d, beta=float(name[5:]), sample_weight=w) if both else nan
    if name == "jaccard":
        return sk.jaccard_score(y, d, sample_weight=w) if both else nan
    if name == "balancedAccuracy":
        return sk.balanced_accuracy_score(y, d, sample_weight=w) if positives and negatives else nan
    if name == "informedness":
        return sk.balanced_accuracy_score(y, d, sample_weight=w, adjusted=True) if positives and negatives else nan
    if name == "mcc":
        return sk.matthews_corrcoef(y, d, sample_weight=w) if positives and negatives and predicted and rejected else nan
    if name == "cohenKappa":
        one = not (negatives or rejected) or not (positives or predicted)
        return nan if one else sk.cohen_kappa_score(y, d, labels=[0, 1], sample_weight=w)
    p, r = binary_score("precision", y, d, w), binary_score("recall", y, d, w)
    if name == "markedness":
        return p + binary_score("npv", y, d, w) - 1
    if name == "gMean":
        return math.sqrt(r * binary_score("specificity", y, d, w))
    if name == "fowlkesMallows":
        return math.sqrt(p * r)
    if name == "precisionAtRecall0.7":
        return p - 4 * max(0.0, 0.7 - r) if p == p and r == r else nan
    if name == "recallAtPrecision0.6":
        return r - 4 * max(0.0, 0.6 - p) if p == p and r == r else nan
    tn, fp, fn, tp = sk.confusion_matrix(y, d, labels=[0, 1], sample_weight=w).ravel()
    if name == "utility":
        return float(np.dot(WORTH, (tp, fp, fn, tn)) / (tp + fp + fn + tn)) if some else nan
    assert name == "tversky0.3_0.7"
    return tp / (tp + 0.3 * fp + 0.7 * fn) if both else nan


def mean(values, weights, zero_division):
    """The mean with the weights; where a value is NaN: zero_division, or, that being NaN, left out."""
    values = [zero_division if math.isnan(v) else v for v in values]
    pairs = [(v, q) for v, q in zip(values, weights) if not math.isnan(v)]
    whole = sum(q for _, q in pairs)
    return sum(v * q for v, q in pairs) / whole if whole > 0 else zero_division


SKLEARN_OWN = {"precision": {}, "recall": {}, "f1": {}, "dice": {}, "fBeta0.5": {"beta": 0.5}, "fBeta2": {"beta": 2.0}, "jaccard": {}}


def sklearn_own(name, average, y, d, w, zero_division):
    """scikit-learn's own average, where it has one."""
    if name not in SKLEARN_OWN or (name == "jaccard" and math.isnan(zero_division)):
        return None
    function = {"precision": sk.precision_score, "recall": sk.recall_score, "jaccard": sk.jaccard_score}.get(name, sk.fbeta_score)
    options = {"average": None if average == "none" else average, "sample_weight": w, "zero_division": zero_division}
    if function is sk.fbeta_score:
        options["beta"] = SKLEARN_OWN[name].get("beta", 1.0)
    if y.shape[1] == 1:  # a column by itself is not "multi-label" to scikit-learn: micro would count both classes
        options["average"], y, d = "binary", y.ravel(), d.ravel()
    return function(y, d, **options)


def hard_value(name, average, y, d, w, zero_division):
    """One number, or one a class for "none"; y and d are 0/1 of shape [n, c]."""
    n, c = y.shape
    if average == "micro":
        value = binary_score(name, y.ravel(), d.ravel(), None if w is None else np.repeat(w, c))
        value = zero_division if math.isnan(value) else value
    elif average == "samples":
        value = mean([binary_score(name, y[i], d[i]) for i in range(n)], np.ones(n) if w is None else w, zero_division)
    else:
        each = [binary_score(name, y[:, k], d[:, k], w) for k in range(c)]
        if average == "none":
            value = np.array([zero_division if math.isnan(v) else v for v in each])
        else:
            support = (y if w is None else y * w[:, None]).sum(axis=0)
            value = mean(each, support if average == "weighted" else np.ones(c), zero_division)
    own = sklearn_own(name, average, y, d, w, zero_division)
    if own is not None:
        np.testing.assert_allclose(own, value, rtol=1e-14, atol=1e-15, err_msg=f"{name} {average}")
        value = own
    return value


def plain(value):
    if isinstance(value, np.ndarray):
        return [plain(v) for v in value]
    return None if math.isnan(value) else float(value)


def one_hot(labels, c):
    return np.eye(c, dtype=int)[labels]


def hard_sets(rng):
    """Labels, outputs, weights, and what decides."""
    unit = lambda *shape: rng.integers(1, 256, shape) / 256
    weights = lambda n: rng.integers(0, 17, n) / 8
    y = rng.integers(0, 2, (14, 3))
    yield {"decision": "threshold"}, y, unit(14, 3), None
    yield {"decision": "threshold"}, y, unit(14, 3), weights(14)
    yield {"decision": "threshold", "threshold": [0.25, 0.5, 0.875]}, rng.integers(0, 2, (17, 3)), unit(17, 3), weights(17)
    absent, low = rng.integers(0, 2, (9, 4)), unit(9, 4)
    absent[:, 1], absent[:, 3] = 0, 1  # a class without positives, one without negatives
    absent[2], low[2] = 0, 1 / 256  # a row with neither labels nor decisions
    low[:, 2] /= 4  # a class that is never predicted
    yield {"decision": "threshold"}, absent, low, None
    yield {"decision": "threshold"}, absent, low, weights(9)
    yield {"decision": "threshold"}, np.zeros((5, 3), int), unit(5, 3) / 4, None  # nothing to find, nothing found
    ties = rng.integers(1, 4, (16, 3)) / 4
    yield {"decision": "argmax"}, rng.integers(0, 3, 16), ties, None
    yield {"decision": "argmax"}, rng.integers(0, 3, 16), unit(16, 3), weights(16)
    yield {"decision": "argmax"}, rng.integers(0, 2, 12), unit(12, 4), weights(12)  # two classes that do not occur
    yield {"decision": "threshold"}, rng.integers(0, 2, (20, 1)), unit(20, 1), weights(20)
    yield {"decision": "threshold", "threshold": 0.25}, rng.integers(0, 2, (20, 1)), unit(20, 1), None


def decide(options, p):
    if options["decision"] == "argmax":
        return one_hot(p.argmax(axis=1), p.shape[1])
    return (p > np.array(options.get("threshold", 0.5))).astype(int)


def record_hard(rng):
    sets, hard = [], []
    for index, (options, labels, p, w) in enumerate(hard_sets(rng)):
        n, c = p.shape
        y = one_hot(labels, c) if labels.ndim == 1 else labels
        d = decide(options, p)
        sets.append({
            **options, "shape": list(p.shape), "yTrue": labels.ravel().tolist(), "yPred": p.ravel().tolist(),
            "sampleWeight": None if w is None else w.tolist(),
        })
        for name in NAMES:
            for average in ["binary"] if c == 1 else [*AVERAGES, "none"]:
                recorded = []
                for zero_division in (0.0, 1.0, float("nan")):
                    kind = "micro" if average == "binary" else average
                    value = plain(hard_value(name, kind, y, d, w, zero_division))
                    if labels.ndim == 1 and average in ("micro", "macro", "weighted") and name in ("precision", "recall", "f1"):
                        # As scikit-learn has it for class indices, without the detour by 0 and 1.
                        function = {"precision": sk.precision_score, "recall": sk.recall_score, "f1": sk.f1_score}[name]
                        direct = function(
                            labels, d.argmax(axis=1), labels=range(c), average=average, sample_weight=w, zero_division=zero_division,
                        )
                        np.testing.assert_allclose(direct, math.nan if value is None else value, rtol=1e-14)
                    if value in recorded:
                        continue  # it is defined: zero_division changes nothing
                    recorded.append(value)
                    hard.append({
                        "set": index, "score": name, "average": average,
                        "zeroDivision": "skip" if math.isnan(zero_division) else int(zero_division), "value": value,
                    })
    return sets, hard


def record_differs():
    """Where scikit-learn means something else: labels, decisions, and what it says."""
    y, d = np.array([1, 1, 1, 1]), np.array([1, 0, 1, 1])
    rows, found = np.array([[1, 0], [0, 1]]), np.array([[1, 1], [0, 1]])
    return [
        {"score": "balancedAccuracy", "yTrue": y.tolist(), "decisions": d.tolist(), "sklearn": float(sk.balanced_accuracy_score(y, d))},
        {"score": "mcc", "yTrue": y.tolist(), "decisions": d.tolist(), "sklearn": float(sk.matthews_corrcoef(y, d))},
        {"score": "cohenKappa", "yTrue": y.tolist(), "decisions": y.tolist(), "sklearn": plain(sk.cohen_kappa_score(y, y))},
        {"score": "accuracy", "yTrue": rows.tolist(), "decisions": found.tolist(), "sklearn": float(sk.accuracy_score(rows, found))},
    ]


# ---------------------------------------------------------------------------------------------------------------------
# cases: PyTorch


def score_of(name, tp, fp, fn, tn, sqrt, maximum):
    """The scores from their textbook definitions; None where one is 0/0."""
    over = lambda a, b: None if float(b) == 0 else a / b
    n = tp + fp + fn + tn
    p, r, s, v = over(tp, tp + fp), over(tp, tp + fn), over(tn, tn + fp), over(tn, tn + fn)
    both = lambda a, b, of: None if a is None or b is None else of(a, b)
    if name in ("precision", "recall", "specificity", "npv"):
        return {"precision": p, "recall": r, "specificity": s, "npv": v}[name]
    if name == "accuracy":
        return over(tp + tn, n)
    if name == "balancedAccuracy":
        return both(r, s, lambda a, b: (a + b) / 2)
    if name == "informedness":
        return both(r, s, lambda a, b: a + b - 1)
    if name == "markedness":
        return both(p, v, lambda a, b: a + b - 1)
    if name == "gMean":
        return both(r, s, lambda a, b: sqrt(a * b))
    if name == "fowlkesMallows":
        return both(p, r, lambda a, b: sqrt(a * b))
    if name == "precisionAtRecall0.7":
        return both(p, r, lambda a, b: a - 4 * maximum(0.7 - b))
    if name == "recallAtPrecision0.6":
        return both(r, p, lambda a, b: a - 4 * maximum(0.6 - b))
    if name in ("f1", "dice") or name.startswith("fBeta"):
        b2 = float(name[5:]) ** 2 if name.startswith("fBeta") else 1.0
        return over((1 + b2) * tp, (tp + fp) + b2 * (tp + fn))
    if name == "jaccard":
        return over(tp, n - tn)
    if name == "tversky0.3_0.7":
        return over(tp, tp + 0.3 * fp + 0.7 * fn)
    if name == "mcc":
        return over(tp * tn - fp * fn, sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)))
    if name == "cohenKappa":
        chance = (tp + fp) * (tp + fn) + (tn + fn) * (tn + fp)
        return over((tp + tn) * n - chance, n * n - chance)
    assert name == "utility"
    return over(100 * tp - 5 * fp - 20 * fn + tn, n)


def steepness(slope, t):
    """k of the anchored softsign, by Brent's method."""
    f = lambda z: z / (1 + abs(z))
    return math.exp(brentq(lambda u: math.exp(u) / (f(math.exp(u) * (1 - t)) + f(math.exp(u) * t)) - slope, -14, 25, xtol=1e-15, rtol=1e-15))


def torch_decided(options, x, w):
    """What is counted: s of shape [n, c]."""
    n, c = x.shape
    logits, decision, slope = options["fromLogits"], options["decision"], options["slope"]
    if decision == "argmax":
        p = torch.softmax(x, dim=1) if logits else x
        ends = torch.softmax(4 * slope * torch.eye(c)[0], dim=0)
        return (torch.softmax(4 * slope * p, dim=1) - ends[1]) / (ends[0] - ends[1])
    p = torch.sigmoid(x) if logits else x
    if decision == "threshold":
        thresholds = options["threshold"] if isinstance(options["threshold"], list) else [options["threshold"]] * c
        columns = []
        for k, t in enumerate(thresholds):
            steep = steepness(slope, t)
            f = lambda z: z / (1 + torch.abs(z))
            low, high = f(torch.tensor(-steep * t)), f(torch.tensor(steep * (1 - t)))
            columns.append((f(steep * (p[:, k] - t)) - low) / (high - low))
        return torch.stack(columns, dim=1)
    columns = []
    for k in range(c):
        rows = torch.nonzero(w[:, k] > 0).ravel()
        q, top = p[rows, k], decision["top"]
        budget = min(len(rows), max(1, int(top * len(rows) + 0.5)) if top < 1 else top)
        if budget == len(rows):  # all of them, wherever they are
            columns.append(torch.zeros(n).index_put((rows,), torch.ones(len(rows))))
            continue
        share = lambda q, tau: 0.5 + 0.5 * (2 * slope * (q - tau)) / (1 + torch.abs(2 * slope * (q - tau)))
        excess = lambda tau: float(share(q.detach(), tau).sum()) - budget
        tau = brentq(excess, -60.0, 60.0, xtol=1e-16, rtol=1e-15)
        u = 1 + torch.abs(2 * slope * (q.detach() - tau))
        slopes = (slope / u**2).sum()
        tau = tau + (share(q, tau).sum() - budget) / slopes  # a Newton step: its derivative is that of the solution
        columns.append(torch.zeros(n).index_put((rows,), share(q, tau)))
    return torch.stack(columns, dim=1)


def torch_loss(name, options, y, x, w):
    """Loss and gradient; y, x, w are arrays of shape [n, c]."""
    x = torch.tensor(x, requires_grad=True)
    y, w = torch.tensor(y), torch.tensor(w)
    s = torch_decided(options, x, w)
    value = averaged(name, options, y, s, w, torch.sqrt, torch.relu, lambda parts: torch.stack(parts))
    loss = (0.0 if name == "utility" else 1.0) - value
    if not torch.is_tensor(loss) or not loss.requires_grad:
        return float(loss), np.zeros(tuple(x.shape))
    loss.backward()
    return loss.item(), x.grad.numpy()


def averaged(name, options, y, s, w, sqrt, maximum, stack):
    """The average of the scores of columns, rows or all, by loops; the same for both frameworks."""
    n, c = y.shape
    average, own = options["average"], options["classWeights"] or [1.0] * c
    zero_division = {"skip": math.nan}.get(options["zeroDivision"], options["zeroDivision"])
    entries = {
        "binary": [[(i, k) for k in range(c) for i in range(n)]],
        "micro": [[(i, k) for k in range(c) for i in range(n)]],
        "samples": [[(i, k) for k in range(c)] for i in range(n)],
    }.get(average, [[(i, k) for i in range(n)] for k in range(c)])
    inside = average in ("binary", "micro", "samples")  # the class weights are those of the counts
    values, weights = [], []
    for number, part in enumerate(entries):
        ww = [w[i, k] * (own[k] if inside else 1.0) for i, k in part]
        yy, ss = [y[i, k] for i, k in part], [s[i, k] for i, k in part]
        tp = sum(a * b * q for a, b, q in zip(yy, ss, ww))
        fp = sum((1 - a) * b * q for a, b, q in zip(yy, ss, ww))
        fn = sum(a * (1 - b) * q for a, b, q in zip(yy, ss, ww))
        tn = sum((1 - a) * (1 - b) * q for a, b, q in zip(yy, ss, ww))
        value = score_of(name, tp, fp, fn, tn, sqrt, maximum)
        if average in ("binary", "micro"):
            weight = 1.0
        elif average == "samples":
            weight = float(sum(w[i, k] for i, k in part))
        else:
            weight = own[number] * (float(sum(w[i, k] * y[i, k] for i, k in part)) if average == "weighted" else 1.0)
        if value is None and math.isnan(zero_division):
            continue
        values.append(zero_division if value is None else value)
        weights.append(weight)
    whole = sum(weights)
    if whole == 0:
        return 0.0 if math.isnan(zero_division) else float(zero_division)
    return sum(v * (q / whole) for v, q in zip(values, weights) if q > 0)


# ---------------------------------------------------------------------------------------------------------------------
# The same by TensorFlow, for some: other forms of the steps, the softmax and the moving threshold.


@tf.custom_gradient
def tf_top(q, slope, budget):
    """The shares under a budget, with the gradient s′ᵢ(δᵢⱼ − s′ⱼ/Σs′) written out."""
    low, high = -60.0, 60.0
    share = lambda tau: tf.where(
        q > tau, 1 - 0.5 / (1 + 2 * slope * (q - tau)), 0.5 / (1 + 2 * slope * (tau - q)),
    )
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if float(tf.reduce_sum(share(middle))) > budget else (low, middle)
    tau = (low + high) / 2
    slopes = slope / (1 + 2 * slope * tf.abs(q - tau)) ** 2

    def back(g):
        return slopes * (g - tf.reduce_sum(slopes * g) / tf.reduce_sum(slopes)), None, None

    return share(tau), back


def tf_decided(options, x, w):
    n, c = x.shape
    logits, decision, slope = options["fromLogits"], options["decision"], options["slope"]
    if decision == "argmax":
        p = tf.exp(x - tf.reduce_logsumexp(x, axis=1, keepdims=True)) if logits else x
        scaled = 4.0 * slope * p
        soft = 1 / tf.reduce_sum(tf.exp(scaled[:, None, :] - scaled[:, :, None]), axis=2)
        e = math.exp(-4 * slope)
        low, high = e / (1 + (c - 1) * e), 1 / (1 + (c - 1) * e)
        return (soft - low) / (high - low)
    p = 1 / (1 + tf.exp(-x)) if logits else x
    columns = []
    for k in range(c):
        if decision == "threshold":
            t = options["threshold"][k] if isinstance(options["threshold"], list) else options["threshold"]
            steep = steepness(slope, t)
            b = lambda z: tf.where(z > 0, 1 - 0.5 / (1 + tf.abs(z)), 0.5 / (1 + tf.abs(z)))
            ends = b(tf.constant([-steep * t, steep * (1 - t)], tf.float64))
            columns.append((b(steep * (p[:, k] - t)) - ends[0]) / (ends[1] - ends[0]))
            continue
        rows = np.nonzero(w[:, k] > 0)[0]
        top = decision["top"]
        budget = min(len(rows), max(1, int(top * len(rows) + 0.5)) if top < 1 else top)
        shares = tf.ones(budget, tf.float64) if budget == len(rows) else tf_top(tf.gather(p[:, k], rows), float(slope), float(budget))
        columns.append(tf.scatter_nd(rows[:, None], shares, [n]))
    return tf.stack(columns, axis=1)


def tf_loss(name, options, y, x, w):
    x = tf.constant(x, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        s = tf_decided(options, x, w)
        value = averaged(name, options, y, s, w, tf.sqrt, tf.nn.relu, tf.stack)
        loss = (0.0 if name == "utility" else 1.0) - value
    if isinstance(loss, float):
        return loss, np.zeros(tuple(x.shape))
    gradient = tape.gradient(loss, x)
    return float(loss), np.zeros(tuple(x.shape)) if gradient is None else gradient.numpy()


def difference_gradient(name, options, y, x, w):
    result, h = np.zeros_like(x), 1e-5
    for i in np.ndindex(*x.shape):
        ends = []
        for sign in (1, -1):
            moved = x.copy()
            moved[i] += sign * h
            ends.append(torch_loss(name, options, y, moved, w)[0])
        result[i] = (ends[0] - ends[1]) / (2 * h)
    return result


# ---------------------------------------------------------------------------------------------------------------------


def soft_sets(rng):
    """Options and batches: yTrue as it is given, and y and w of shape [n, c] as it is meant."""
    decisions = [
        ("threshold", {"slope": 10, "threshold": 0.5}), ("threshold", {"slope": 3, "threshold": [0.3, 0.5, 0.8]}),
        ("argmax", {"slope": 2}), ("argmax", {"slope": 10}), ({"top": 3}, {"slope": 5}), ({"top": 0.25}, {"slope": 20}),
    ]
    extras = ["plain", "weights", "ignore", "absent"]
    for (decision, given), logits, extra in itertools.product(decisions, (False, True), extras):
        n, c = (9, 3) if isinstance(given.get("threshold"), list) or extra != "plain" else (7, 4)
        x = np.round(rng.normal(0, 1.5, (n, c)) * 4096) / 4096 if logits else rng.integers(1, 4096, (n, c)) / 4096
        if decision == "argmax" and not logits:  # rows of probabilities that add up to 1, in 4096ths
            cuts = np.sort(rng.integers(1, 4096, (n, c - 1)), axis=1)
            x = np.diff(np.hstack([np.zeros((n, 1)), cuts, np.full((n, 1), 4096)]), axis=1) / 4096
        indexed = decision == "argmax" and extra in ("weights", "ignore")
        labels = rng.integers(0, c, n) if indexed else rng.integers(0, 2, (n, c)).astype(float)
        if extra == "absent":
            labels[:, 1] = 0
            labels[3] = 0
        elif not indexed and extra == "weights":
            labels = rng.integers(0, 17, (n, c)) / 16  # soft labels
        options = {
            "decision": decision, "fromLogits": logits, **given,
            "classWeights": [0.5, 2, 1.25] if extra == "weights" else None,
            "zeroDivision": "skip" if extra == "absent" else 0,
        }
        weight = rng.integers(0, 17, n) / 8 if extra in ("weights", "ignore") else None
        if extra == "weights" and not indexed:
            weight = rng.integers(0, 17, (n, c)) / 8  # one an output
        w = np.ones((n, c)) if weight is None else weight if weight.ndim == 2 else np.repeat(weight[:, None], c, axis=1)
        y = one_hot(labels, c).astype(float) if indexed else labels.copy()
        given_labels = labels.astype(float).ravel()
        if extra == "ignore":
            w = w.copy()
            ignored = rng.random(labels.shape) < 0.25
            ignored.ravel()[:2] = [True, False]
            options["ignoreLabel"] = 255 if indexed else "NaN"
            given_labels = [255.0 if gone and indexed else None if gone else v for v, gone in zip(given_labels, ignored.ravel())]
            w[ignored] = 0
            y[ignored] = 0
        batch = {
            "shape": [n, c], "yTrue": [None if v is None else float(v) for v in given_labels], "yPred": x.ravel().tolist(),
            "sampleWeight": None if weight is None else weight.ravel().tolist(),
        }
        yield options, batch, y, x, w
    for (decision, given), logits in itertools.product([decisions[0], decisions[4]], (False, True)):  # one column
        x = np.round(rng.normal(0, 1.5, (12, 1)) * 4096) / 4096 if logits else rng.integers(1, 4096, (12, 1)) / 4096
        y, w = rng.integers(0, 2, (12, 1)).astype(float), rng.integers(1, 17, 12) / 8
        options = {"decision": decision, "fromLogits": logits, **given, "classWeights": None, "zeroDivision": 0, "average": "binary"}
        batch = {"shape": [12, 1], "yTrue": y.ravel().tolist(), "yPred": x.ravel().tolist(), "sampleWeight": w.tolist()}
        yield options, batch, y, x, w[:, None]


def record_soft(rng):
    batches, cases, worst, rough = [], [], 0.0, 0.0
    turn = itertools.cycle(NAMES)
    for options, batch, y, x, w in soft_sets(rng):
        batches.append(batch)
        for average in [options["average"]] if "average" in options else AVERAGES:
            for _ in range(7 if average == "binary" else 3):
                name = next(turn)
                setting = {**options, "average": average}
                loss, gradient = torch_loss(name, setting, y, x, w)
                assert math.isfinite(loss) and np.all(np.isfinite(gradient)), (name, setting)
                # Where every row is decided for good, what is left is small next to the terms that cancel in it.
                scale = max(abs(gradient).max(), 1e-3)
                if len(cases) % 6 == 0:
                    other, slopes = tf_loss(name, setting, y, x, w)
                    worst = max(worst, abs(other - loss) / max(abs(loss), 1.0), abs(slopes - gradient).max() / scale)
                    assert worst <= 1e-11, (name, setting, worst)
                if len(cases) % 7 == 0:
                    rough = max(rough, abs(difference_gradient(name, setting, y, x, w) - gradient).max() / scale)
                    assert rough <= 1e-4, (name, setting, rough)
                kept = {key: value for key, value in setting.items() if value is not None}
                cases.append({"batch": len(batches) - 1, "score": name, **kept, "loss": loss, "gradient": gradient.ravel().tolist()})
    print(f"settings: TensorFlow agrees within {worst:.1e}, differences within {rough:.1e}")
    return batches, cases


if __name__ == "__main__":
    rng = np.random.default_rng(SEED + 4)
    sets, hard = record_hard(rng)
    batches, cases = record_soft(rng)
    head = {"versions": versions("sklearn", "torch", "tensorflow", "numpy", "scipy"), "seed": SEED + 4}
    write("settings.json", head, sets=sets, hard=hard, differs=record_differs(), batches=batches, cases=cases)
