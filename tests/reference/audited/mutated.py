"""The sound losses of tests/audit/building_blocks.ts and the mutations of mutations.ts beside it, in three frameworks.

    torch_mutant("Dice", "round")

is the loss with one block replaced; the mutations "as it is", "multiply by 2" and "add a constant" change nothing.
"""
import math
from types import SimpleNamespace


def torch_operations():
    import torch
    every = lambda f: lambda x, axis=None, keep=False: f(x) if axis is None else f(x, dim=axis, keepdim=keep)
    return SimpleNamespace(
        clip=torch.clamp, log=torch.log, sum=every(torch.sum), mean=every(torch.mean), abs=torch.abs, sqrt=torch.sqrt,
        minimum=lambda x, most: torch.clamp(x, max=most), relu=torch.relu, softplus=torch.nn.functional.softplus,
        logsumexp=lambda x: torch.logsumexp(x, -1, keepdim=True), round=torch.round, transpose=lambda x: x.T,
        cast=lambda x: x.int().float(), detach=lambda x: torch.tensor(x.tolist()))


def jax_operations():
    import jax
    import jax.numpy as jnp
    import numpy
    every = lambda f: lambda x, axis=None, keep=False: f(x, axis=axis, keepdims=keep)
    return SimpleNamespace(
        clip=jnp.clip, log=jnp.log, sum=every(jnp.sum), mean=every(jnp.mean), abs=jnp.abs, sqrt=jnp.sqrt,
        minimum=jnp.minimum, relu=jax.nn.relu, softplus=jax.nn.softplus,
        logsumexp=lambda x: jax.scipy.special.logsumexp(x, axis=-1, keepdims=True), round=jnp.round,
        transpose=jnp.transpose, cast=lambda x: x.astype(int).astype(jnp.float32),
        detach=lambda x: jnp.asarray(numpy.asarray(x)))


def keras_operations():
    import numpy
    from keras import ops
    every = lambda f: lambda x, axis=None, keep=False: f(x, axis=axis, keepdims=keep)
    return SimpleNamespace(
        clip=ops.clip, log=ops.log, sum=every(ops.sum), mean=every(ops.mean), abs=ops.abs, sqrt=ops.sqrt,
        minimum=ops.minimum, relu=ops.relu, softplus=ops.softplus,
        logsumexp=lambda x: ops.logsumexp(x, axis=-1, keepdims=True), round=ops.round, transpose=ops.transpose,
        cast=lambda x: ops.cast(ops.cast(x, "int32"), "float32"),
        detach=lambda x: ops.convert_to_tensor(numpy.array(x)))


def sound_blocks(f):
    return dict(
        pair=lambda y, p: (y, p), labels=lambda y: y, outputs=lambda p: p, complement=lambda t: 1 - t,
        average=lambda t: f.mean(t), epsilon=lambda value: value, across=lambda t, of: of(t))


def cross_entropy(f, b, y, p):
    q = f.clip(p, b.epsilon(1e-7), 1 - b.epsilon(1e-7))
    return -b.average(y * f.log(q) + b.complement(y) * f.log(b.complement(q)))


def squared_error(f, b, y, p):
    return b.average((p - y) ** 2)


def dice(f, b, y, p):
    both, size = 2 * f.sum(y * p), f.sum(y) + f.sum(p)
    return b.complement((both + b.epsilon(1)) / (size + b.epsilon(1)))


def jaccard(f, b, y, p):
    both = f.sum(y * p)
    either = f.sum(y) + f.sum(p) - both
    return b.complement((both + b.epsilon(1)) / (either + b.epsilon(1)))


def categorical_cross_entropy(f, b, y, z):
    logs = b.across(z, lambda t: t - f.logsumexp(t))
    return -b.average(f.sum(y * logs, -1))


def huber(f, b, y, p):
    d = f.abs(p - y)
    near = f.minimum(d, 1)
    return b.average(0.5 * near ** 2 + (d - near))


def log_cosh(f, b, y, p):
    d = p - y
    return b.average(d + f.softplus(-2 * d) - math.log(2))


def hinge(f, b, y, p):
    return b.average(f.relu(b.complement(y * p)))


def poisson(f, b, y, p):
    return b.average(p - y * f.log(p + b.epsilon(1e-7)))


def cosine_distance(f, b, y, p):
    def unit(t):
        return t / f.sqrt(f.sum(t ** 2, -1, True) + b.epsilon(1e-6))
    return b.complement(b.average(f.sum(b.across(y, unit) * b.across(p, unit), -1)))


# Each loss with the middle of its outputs, where a clip hurts, and with whether it has one column.
LOSSES = {
    "cross-entropy": (cross_entropy, (0.25, 0.75), True),
    "squared error": (squared_error, (-1, 1), True),
    "Dice": (dice, (0.25, 0.75), True),
    "Jaccard": (jaccard, (0.25, 0.75), True),
    "categorical cross-entropy of logits": (categorical_cross_entropy, (-1, 1), False),
    "Huber": (huber, (-1, 1), True),
    "log-cosh": (log_cosh, (-1, 1), True),
    "hinge": (hinge, (-1, 1), True),
    "Poisson": (poisson, (0.5, 1.5), True),
    "cosine distance": (cosine_distance, (-1, 1), False),
}


def changed_block(f, mutation, middle, single):
    return {
        "drop the 1 −": {"complement": lambda t: t},
        "swap arguments": {"pair": lambda y, p: (p, y)},
        "round": {"outputs": f.round},
        "cast": {"outputs": f.cast},
        "clip": {"outputs": lambda p: f.clip(p, *middle)},
        "sum for mean": {"average": lambda t: f.sum(t)},
        "remove ε": {"epsilon": lambda value: 0},
        "transpose": {"outputs": f.transpose} if single else {"across": lambda t, of: f.transpose(of(f.transpose(t)))},
        "square the labels": {"labels": lambda y: y ** 2},
        "detach": {"outputs": f.detach},
    }.get(mutation, {})


def mutant(f, loss, mutation):
    of, middle, single = LOSSES[loss]
    b = SimpleNamespace(**{**sound_blocks(f), **changed_block(f, mutation, middle, single)})

    def broken(y_true, y_pred):
        y, p = b.pair(y_true, y_pred)
        value = of(f, b, b.labels(y), b.outputs(p))
        return 2 * value if mutation == "multiply by 2" else value + 3 if mutation == "add a constant" else value
    return broken


def torch_mutant(loss, mutation):
    return mutant(torch_operations(), loss, mutation)


def jax_mutant(loss, mutation):
    return mutant(jax_operations(), loss, mutation)


def keras_mutant(loss, mutation):
    return mutant(keras_operations(), loss, mutation)
