"""Records what the library has to compute: steps.json, losses.json and sklearn.json.

Nothing here is taken from the library. Every number is worked out three times, from formulas written three times:

- mpmath with 50 digits and derivatives written out by hand (this is what is recorded, rounded to float64),
- PyTorch in float64 with its automatic differentiation,
- TensorFlow in float64 with its automatic differentiation, from other forms of the same formulas.

The script stops if PyTorch or TensorFlow differ from mpmath, or from each other, by more than the tolerances below.

    python library.py
"""

from record import versions, write  # first: it sets what the frameworks read at import

import math
import warnings

import mpmath as mp
import numpy as np
import tensorflow as tf
import torch
from scipy.optimize import brentq
from sklearn import metrics as sk

mp.mp.dps = 50
torch.set_num_threads(1)

SEED = 48356029
SHAPES = ["softsign", "logistic", "arctan", "gaussian", "linearRamp"]
SLOPES = [1, 1.001, 1.5, 2, 5, 10, 50, 1000, 1e6]
THRESHOLDS = [0.01, 0.3, 0.5, 0.9, 0.99]

RELATIVE = 1e-12
"""The largest relative difference of losses and gradients; a gradient is measured by its largest element."""
VALUE = 1e-14
"""The largest absolute difference of a step's value in float64 (values lie in [0, 1]); times 1/k where k is less than 1,
for there the step is a quotient of two small differences."""

# ---------------------------------------------------------------------------------------------------------------------
# Base functions: odd, 1/2 at infinity. With their derivatives, in mpmath.

BASE = {
    "softsign": lambda z: z / (2 * (1 + abs(z))),
    "logistic": lambda z: 1 / (1 + mp.exp(-z)) - mp.mpf(1) / 2,
    "arctan": lambda z: mp.atan(z) / mp.pi,
    "gaussian": lambda z: mp.erf(z / mp.sqrt(2)) / 2,
    "linearRamp": lambda z: max(-mp.mpf(1) / 2, min(mp.mpf(1) / 2, z)),
}
BASE_DERIVATIVE = {
    "softsign": lambda z: 1 / (2 * (1 + abs(z)) ** 2),
    "logistic": lambda z: 1 / (4 * mp.cosh(z / 2) ** 2),
    "arctan": lambda z: 1 / (mp.pi * (1 + z * z)),
    "gaussian": lambda z: mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi),
    "linearRamp": lambda z: mp.mpf(1) if abs(z) < mp.mpf(1) / 2 else mp.mpf(0),
}


def slope_of(shape, k, t):
    """The derivative at the threshold of the anchored step with steepness k, in mpmath."""
    b = BASE[shape]
    return k * BASE_DERIVATIVE[shape](mp.mpf(0)) / (b(k * (1 - t)) + b(k * t))


def steepness(shape, slope, threshold, anchored):
    """k with 50 digits; None for the identity. Found twice: by scipy's brentq in float64, then refined by mpmath."""
    if anchored and slope == 1:
        return None
    slope, t = mp.mpf(slope), mp.mpf(threshold)
    if not anchored:
        return slope / BASE_DERIVATIVE[shape](mp.mpf(0))

    def excess(k):
        return slope_of(shape, k, t) - slope

    rough = math.exp(brentq(lambda u: float(excess(mp.exp(u))), math.log(1e-6), math.log(1e9), xtol=1e-14, rtol=1e-14))
    if shape == "linearRamp":
        # Both ends cut off, or only the far one: a closed form for each.
        far, near = max(t, 1 - t), min(t, 1 - t)
        k = slope if slope * near >= mp.mpf(1) / 2 else slope / 2 / (1 - slope * near)
        assert k * far > mp.mpf(1) / 2
    else:
        k = mp.findroot(excess, (rough * (1 - mp.mpf("1e-9")), rough * (1 + mp.mpf("1e-9"))), solver="secant", tol=1e-80)
    assert abs(excess(k)) < slope * mp.mpf("1e-40"), (shape, slope, threshold)
    # How well float64 can know k: it is badly conditioned where the slope is near 1.
    assert abs(k - rough) <= k * 1e-11 * float(slope / (slope - 1)), (shape, slope, threshold, k, rough)
    return k


class ExactStep:
    """A step in mpmath: value and derivative with 50 digits."""

    def __init__(self, shape, slope, threshold, anchored=True):
        self.shape, self.slope, self.threshold, self.anchored = shape, slope, threshold, anchored
        self.k = None if shape == "identity" else steepness(shape, slope, threshold, anchored)
        if self.k is not None:
            b, t = BASE[shape], mp.mpf(threshold)
            self.low = -b(-self.k * t) if anchored else mp.mpf(1) / 2
            self.span = b(self.k * (1 - t)) + b(self.k * t) if anchored else mp.mpf(1)

    def z(self, p):
        return self.k * (p - mp.mpf(self.threshold))

    def value(self, p):
        p = mp.mpf(p)
        return p if self.k is None else (BASE[self.shape](self.z(p)) + self.low) / self.span

    def derivative(self, p):
        p = mp.mpf(p)
        return mp.mpf(1) if self.k is None else self.k * BASE_DERIVATIVE[self.shape](self.z(p)) / self.span

    def on_kink(self, p):
        """Whether p is so near a corner of the ramp that float64 may fall on either side."""
        return self.shape == "linearRamp" and self.k is not None and abs(abs(self.z(mp.mpf(p))) - 0.5) < 1e-6


# ---------------------------------------------------------------------------------------------------------------------
# The same steps in PyTorch and, from other forms, in TensorFlow. Only the number k is shared.

TORCH_BASE = {
    "softsign": lambda z: torch.nn.functional.softsign(z) / 2,
    "logistic": lambda z: torch.sigmoid(z) - 0.5,
    "arctan": lambda z: torch.atan(z) / math.pi,
    "gaussian": lambda z: torch.erf(z / math.sqrt(2)) / 2,
    "linearRamp": lambda z: torch.clamp(z, -0.5, 0.5),
}
TF_BASE = {
    "softsign": lambda z: z / (2 + 2 * tf.abs(z)),
    "logistic": lambda z: tf.tanh(z / 2) / 2,
    "arctan": lambda z: tf.atan(z) * (1 / math.pi),
    "gaussian": lambda z: tf.sign(z) * 0.5 - tf.sign(z) * tf.math.erfc(tf.abs(z) * math.sqrt(0.5)) / 2,
    "linearRamp": lambda z: tf.where(z > 0.5, 0.5 + 0 * z, tf.where(z < -0.5, -0.5 + 0 * z, z)),
}


def torch_step(step, p):
    """The step on a float64 tensor of PyTorch."""
    if step.k is None:
        return p
    b, k, t = TORCH_BASE[step.shape], float(step.k), step.threshold
    if not step.anchored:
        return 0.5 + b(k * (p - t))
    ends = b(torch.tensor([-k * t, k * (1 - t)], dtype=torch.float64))
    return (b(k * (p - t)) - ends[0]) / (ends[1] - ends[0])


def tf_step(step, p):
    """The step on a float64 tensor of TensorFlow."""
    if step.k is None:
        return tf.identity(p)
    b, k, t = TF_BASE[step.shape], float(step.k), step.threshold
    if not step.anchored:
        return b((p - t) * k) + 0.5
    low, high = b(tf.constant(k * t, tf.float64)), b(tf.constant(k * (1 - t), tf.float64))
    return b((p - t) * k) / (low + high) + low / (low + high)


def torch_value_and_derivative(step, points):
    p = torch.tensor(points, dtype=torch.float64, requires_grad=True)
    s = torch_step(step, p)
    s.sum().backward()
    return s.detach().numpy(), p.grad.numpy()


def tf_value_and_derivative(step, points):
    p = tf.constant(points, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(p)
        s = tf_step(step, p)
    gradient = tape.gradient(s, p).numpy()
    if step.shape == "gaussian":
        # tf.sign(0) = 0 cuts the gradient at the middle itself; there the other two have to agree.
        gradient = np.where(np.asarray(points) == step.threshold, float(step.slope), gradient)
    return s.numpy(), gradient


# ---------------------------------------------------------------------------------------------------------------------
# steps.json


def points_for(step):
    """About 25 points of [0, 1]: a grid, both ends, the threshold, and points near it on the scale of the slope."""
    t, near = step.threshold, [0.05, 0.2, 0.45, 0.8, 1.5, 5, 40]
    points = {0.0, 1.0, 0.05, 0.125, 0.25, 0.4, 0.6, 0.75, 0.875, 0.95, t, t / 2, (1 + t) / 2}
    points |= {t + sign * u / step.slope for u in near for sign in (-1, 1)}
    return sorted(p for p in points if 0 <= p <= 1 and not step.on_kink(p))


def record_steps():
    steps = [ExactStep("identity", 1, 0.5)]
    steps += [ExactStep(h, m, t) for h in SHAPES for m in SLOPES for t in THRESHOLDS]
    steps += [ExactStep(h, m, t, anchored=False) for h in SHAPES for m in (8, 50) for t in (0, 0.5)]
    cases = []
    for step in steps:
        points = points_for(step)
        value = np.array([float(step.value(p)) for p in points])
        derivative = np.array([float(step.derivative(p)) for p in points])
        spread = 1 if step.k is None else max(1, 1 / float(step.k))
        for compute in (torch_value_and_derivative, tf_value_and_derivative):
            v, d = compute(step, points)
            where = (compute.__name__, step.shape, step.slope, step.threshold)
            assert np.all(abs(v - value) <= VALUE * spread), (where, abs(v - value).max())
            # Far out in a tail automatic differentiation loses digits by cancellation: measured by the largest derivative.
            assert np.all(abs(d - derivative) <= RELATIVE * derivative + 1e-15 * spread * step.slope), (where, abs(d - derivative).max())
        cases.append({
            "shape": step.shape, "slope": step.slope, "threshold": step.threshold, "anchored": step.anchored,
            "k": None if step.k is None else float(step.k),
            "p": points, "value": value.tolist(), "derivative": derivative.tolist(),
        })
    head = {"versions": versions("mpmath", "scipy", "torch", "tensorflow")}
    write("steps.json", head, cases=cases)


# ---------------------------------------------------------------------------------------------------------------------
# losses.json

SCORES = [("precision", None), ("recall", None), ("f1", None), ("fBeta", 0.5), ("fBeta", 2), ("jaccard", None), ("accuracy", None)]
LOSS_STEPS = [
    ("identity", 1, False), ("softsign", 2, False), ("softsign", 10, False), ("softsign", 50, False), ("logistic", 10, False),
    ("arctan", 10, False), ("gaussian", 10, False), ("linearRamp", 4, False), ("softsign", 10, True),
]


def fraction(score, beta):
    """The coefficients of (tp, fp, fn, tn) in the numerator and in the denominator of a score."""
    b2 = None if beta is None else beta * beta
    return {
        "precision": ((1, 0, 0, 0), (1, 1, 0, 0)),
        "recall": ((1, 0, 0, 0), (1, 0, 1, 0)),
        "f1": ((2, 0, 0, 0), (2, 1, 1, 0)),
        "fBeta": beta and ((1 + b2, 0, 0, 0), (1 + b2, 1, b2, 0)),
        "jaccard": ((1, 0, 0, 0), (1, 1, 1, 0)),
        "accuracy": ((1, 0, 0, 1), (1, 1, 1, 1)),
    }[score]


def exact_loss(score, beta, step, through, logits, y, x, w):
    """Loss and gradient in mpmath, by the quotient rule."""
    numerator, denominator = fraction(score, beta)
    y, x, w = ([mp.mpf(v) for v in column] for column in (y, x, w))
    p = [1 / (1 + mp.exp(-v)) for v in x] if logits else x
    chain = [q * (1 - q) for q in p] if logits else [mp.mpf(1)] * len(p)
    s = [mp.mpf(1 if q > step.threshold else 0) if through else step.value(q) for q in p]
    counts = [
        mp.fsum(wi * yi * si for wi, yi, si in zip(w, y, s)),
        mp.fsum(wi * (1 - yi) * si for wi, yi, si in zip(w, y, s)),
        mp.fsum(wi * yi * (1 - si) for wi, yi, si in zip(w, y, s)),
        mp.fsum(wi * (1 - yi) * (1 - si) for wi, yi, si in zip(w, y, s)),
    ]
    n = mp.fsum(c * v for c, v in zip(numerator, counts))
    d = mp.fsum(c * v for c, v in zip(denominator, counts))
    partial = [(cn * d - cd * n) / d**2 for cn, cd in zip(numerator, denominator)]
    gradient = [
        -wi * step.derivative(q) * c * (yi * (partial[0] - partial[2]) + (1 - yi) * (partial[1] - partial[3]))
        for wi, q, c, yi in zip(w, p, chain, y)
    ]
    return float(1 - n / d), np.array([float(g) for g in gradient])


class TorchThrough(torch.autograd.Function):
    """Forward: p > threshold. Backward: the derivative of the step."""

    @staticmethod
    def forward(ctx, p, step):
        ctx.save_for_backward(p)
        ctx.step = step
        return (p > step.threshold).double()

    @staticmethod
    def backward(ctx, upstream):
        (p,) = ctx.saved_tensors
        with torch.enable_grad():
            q = p.detach().requires_grad_()
            (derivative,) = torch.autograd.grad(torch_step(ctx.step, q).sum(), q)
        return upstream * derivative, None


def torch_loss(score, beta, step, through, logits, y, x, w):
    """Loss and gradient by PyTorch, each score written out."""
    y, w = torch.tensor(y, dtype=torch.float64), torch.tensor(w, dtype=torch.float64)
    x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    p = torch.sigmoid(x) if logits else x
    s = TorchThrough.apply(p, step) if through else torch_step(step, p)
    tp, fp = (w * y * s).sum(), (w * (1 - y) * s).sum()
    fn, tn = (w * y * (1 - s)).sum(), (w * (1 - y) * (1 - s)).sum()
    if score == "precision":
        value = tp / (tp + fp)
    elif score == "recall":
        value = tp / (tp + fn)
    elif score == "f1":
        value = 2 * tp / (2 * tp + fp + fn)
    elif score == "fBeta":
        value = (1 + beta**2) * tp / ((1 + beta**2) * tp + beta**2 * fn + fp)
    elif score == "jaccard":
        value = tp / (tp + fp + fn)
    else:
        value = (tp + tn) / (tp + fp + fn + tn)
    (1 - value).backward()
    return (1 - value).item(), x.grad.numpy()


def tf_loss(score, beta, step, through, logits, y, x, w):
    """Loss and gradient by TensorFlow, from sums of labels and predictions: Fβ = (1+β²)·tp / (Σ predicted + β² Σ true)."""
    y, x, w = (tf.constant(column, tf.float64) for column in (y, x, w))
    with tf.GradientTape() as tape:
        tape.watch(x)
        p = 1 / (1 + tf.exp(-x)) if logits else x
        s = tf_step(step, p)
        if through:
            s += tf.stop_gradient(tf.cast(p > step.threshold, tf.float64) - s)
        both = tf.tensordot(w, y * s, 1)
        predicted, actual = tf.tensordot(w, s, 1), tf.tensordot(w, y, 1)
        b2 = {"precision": 0.0, "f1": 1.0, "fBeta": (beta or 0.0) ** 2}.get(score)
        if b2 is not None:
            value = (1 + b2) * both / (predicted + b2 * actual)
        elif score == "recall":
            value = both / actual
        elif score == "jaccard":
            value = both / (predicted + actual - both)
        else:
            value = 1 - (predicted + actual - 2 * both) / tf.reduce_sum(w)
        loss = 1 - value
    return float(loss), tape.gradient(loss, x).numpy()


def draw(rng, step, through, logits, soft, weighted, n):
    """Labels, predictions and weights that float32 holds exactly, away from corners, the threshold and 0/0."""
    while True:
        y = rng.integers(0, 17, n) / 16 if soft else rng.integers(0, 2, n).astype(float)
        x = (np.round(rng.normal(0, 2, n) * 4096) if logits else rng.integers(1, 16384, n) / 4) / 4096
        w = rng.integers(0, 33, n) / 8 if weighted else np.ones(n)
        assert np.all(x == x.astype(np.float32))
        p = 1 / (1 + np.exp(-x)) if logits else x
        clear = np.all(abs(p - step.threshold) > 1e-6) and not any(step.on_kink(q) for q in p)
        hits = w * y * (p > step.threshold)
        if clear and 0 < y.min() + y.max() < 2 and hits.sum() > 0:
            return y.tolist(), x.tolist(), w.tolist()


def record_losses():
    rng = np.random.default_rng(SEED)
    cases, worst = [], 0.0
    exact = {(h, m, t): ExactStep(h, m, t) for h, m, _ in LOSS_STEPS for t in (0.5, 0.3)}
    for score, beta in SCORES:
        for shape, slope, through in LOSS_STEPS:
            for threshold in (0.5, 0.3):
                step = exact[shape, slope, threshold]
                for index in range(8):
                    weighted, logits, soft = bool(index & 1), bool(index & 2), bool(index & 4)
                    n = 40 if len(cases) % 11 == 0 else int(rng.integers(8, 15))
                    y, x, w = draw(rng, step, through, logits, soft, weighted, n)
                    problem = (score, beta, step, through, logits, y, x, w)
                    loss, gradient = exact_loss(*problem)
                    answers = [torch_loss(*problem), tf_loss(*problem)]
                    scale = abs(gradient).max() or 1.0  # exactly 0 where every prediction has left the ramp
                    for other, slopes in answers:
                        assert np.isfinite(other) and np.all(np.isfinite(slopes))
                        worst = max(worst, abs(other - loss) / max(loss, 1e-3), abs(slopes - gradient).max() / scale)
                    between = abs(answers[0][1] - answers[1][1]).max() / scale
                    assert max(worst, between) <= RELATIVE, (score, beta, shape, slope, threshold, index, worst, between)
                    case = {"score": score} if beta is None else {"score": score, "beta": beta}
                    case |= {
                        "step": shape, "straightThrough": through, "slope": slope, "threshold": threshold, "fromLogits": logits,
                        "yTrue": y, "yPred": x, "sampleWeight": w if weighted else None,
                        "loss": loss, "gradient": gradient.tolist(),
                    }
                    cases.append(case)
    print(f"losses: PyTorch and TensorFlow agree with mpmath within {worst:.1e}")
    write("losses.json", {"versions": versions("mpmath", "torch", "tensorflow", "numpy"), "seed": SEED}, cases=cases)


# ---------------------------------------------------------------------------------------------------------------------
# sklearn.json


def sklearn_score(score, beta, y, decided, weight, zero_division):
    """The hard score as scikit-learn computes it."""
    if score == "accuracy":
        return sk.accuracy_score(y, decided, sample_weight=weight)
    options = {"sample_weight": weight, "zero_division": zero_division}
    if score == "fBeta":
        return sk.fbeta_score(y, decided, beta=beta, **options)
    scorer = {"precision": sk.precision_score, "recall": sk.recall_score, "f1": sk.f1_score, "jaccard": sk.jaccard_score}[score]
    return scorer(y, decided, **options)


def record_sklearn():
    rng = np.random.default_rng(SEED + 1)
    half = [0.5, 0.25, 0.75, 0.5, 0.5, 0.625, 0.375, 1.0]
    sets = [  # labels, predictions, weights, threshold
        *[(rng.integers(0, 2, n), rng.integers(0, 257, n) / 256, w, t)
          for n, w, t in [(12, False, 0.5), (17, True, 0.5), (12, False, 0.3), (17, True, 0.3), (25, True, 0.9), (40, False, 0.9)]],
        (np.array([1, 0, 1, 0, 1, 1, 0, 1]), np.array(half), False, 0.5),  # on the threshold: not positive
        (np.zeros(8, int), np.array(half), True, 0.5),  # no positive label
        (np.array([1, 0, 1, 0, 1, 1, 0, 1]), np.array(half) / 4, False, 0.5),  # no positive decision
        (np.zeros(8, int), np.array(half) / 4, True, 0.5),  # neither
        (np.array([0, 0, 1, 0, 0, 1, 0, 1]), np.array(half), "zero", 0.5),  # weight 0 on every positive
    ]
    cases = []
    for y, p, weighted, threshold in sets:
        decided = (p > threshold).astype(int)
        weight = rng.integers(1, 33, len(y)) / 8 if weighted else None
        if weighted == "zero":
            weight[(y == 1) | (decided == 1)] = 0
        degenerate = (y if weight is None else y * weight).sum() == 0 or (decided if weight is None else decided * weight).sum() == 0
        for zero_division in (0, 1) if degenerate else (0,):
            for score, beta in SCORES:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")  # with zero_division given, scikit-learn has nothing to warn of
                    value = float(sklearn_score(score, beta, y, decided, weight, zero_division))
                case = {"score": score} if beta is None else {"score": score, "beta": beta}
                case |= {
                    "threshold": threshold, "zeroDivision": zero_division, "yTrue": y.tolist(), "yPred": p.tolist(),
                    "sampleWeight": None if weight is None else weight.tolist(), "value": value,
                }
                cases.append(case)
    write("sklearn.json", {"versions": versions("sklearn", "numpy"), "seed": SEED + 1}, cases=cases)


if __name__ == "__main__":
    record_steps()
    record_losses()
    record_sklearn()
