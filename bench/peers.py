"""Value and gradient of the F1 loss in NumPy, PyTorch, JAX and TensorFlow, and the training of Keras and PyTorch.

    python peers.py                 times them, prints one JSON (no part of the tests)
    python peers.py --serve         answers lines of JSON: `deno task bench --peers PYTHON` asks, in turn with its own
    python peers.py --keras jax     Keras on that backend: training alone
    python peers.py --keep-pages    freed memory stays with the process: a fresh page costs more than what is written to it

The loss is that of composed.ts, the numbers are those of contenders.ts, everything is float32 and on one core. What the
others need `requirements.txt` lists. A library that is not there is reported as missing.
"""
import argparse
import csv
import ctypes
import importlib.metadata
import json
import os
import pathlib
import statistics
import sys
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--serve", action="store_true")
parser.add_argument("--keras", choices=["tensorflow", "jax", "torch"])
parser.add_argument("--keep-pages", action="store_true")
arguments = parser.parse_args()
if arguments.keep_pages and sys.platform == "linux":
    libc = ctypes.CDLL(None)
    libc.mallopt(-4, 0)  # M_MMAP_MAX
    libc.mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD

# One core, before anything starts its threads. Where a system cannot bind, the variables still say one.
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
for name in ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"]:
    os.environ[name] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["KERAS_BACKEND"] = arguments.keras or "tensorflow"
answers, sys.stdout = sys.stdout, sys.stderr  # libraries print where they like

import numpy as np  # noqa: E402

SLOPE = 4
K = 2 * (SLOPE - 1)
SCALE = (1 + K / 2) / K
EPOCHS, BATCH, HIDDEN, RATE = 20, 256, 16, 0.01

missing = []
contenders = {}


def spread(length, step):
    """(i + 1)·step mod 1, as contenders.ts has it."""
    return np.arange(1, length + 1, dtype=np.float64) * step % 1


def inputs(work, rows):
    """yTrue, yPred and, for "weighted", the weights; one column without an axis of its own, which suits all of them."""
    columns = 10 if work == "macro" else 1
    p = spread(rows * columns, 2**0.5 - 1).astype(np.float32)
    labels = spread(rows, 3**0.5 - 1)
    if columns == 1:
        y = (labels < 0.3).astype(np.float32)
    else:
        p = p.reshape(rows, columns)
        y = np.eye(columns, dtype=np.float32)[np.floor(labels * columns).astype(int)]
    weights = (0.5 + spread(rows, 5**0.5 - 2)).astype(np.float32)
    return (y, p, weights) if work == "weighted" else (y, p)


def f1_loss(absolute, total, mean):
    """The loss from a library's own |·|, sum over the rows and mean; operators do the rest."""

    def loss(p, y, w=None):
        u = (p - 0.5) * K
        s = 0.5 + SCALE * (u / (1 + absolute(u)))
        if w is not None:
            s, positives = s * w, total(y * w)
        else:
            positives = total(y)
        return 1 - mean(2 * total(y * s) / (total(s) + positives))

    return loss


def add(name, works, prepare):
    """`prepare(work, rows)` gives a call without arguments that returns value and gradient."""
    if not arguments.keep_pages:
        contenders[name] = {"works": works, "least": 0, "prepare": prepare}
    elif name in ["JAX, jit", "PyTorch, compiled"]:  # those that memory bounds, where it does
        contenders[f"{name}, pages kept"] = {"works": ["binary"], "least": 10**7, "prepare": prepare}


losses = ["binary", "weighted", "macro"]


def add_numpy():
    def prepare(work, rows):
        y, p, *rest = inputs(work, rows)
        w = rest[0] if rest else None

        def call():
            u = (p - np.float32(0.5)) * np.float32(K)
            h = 1 / (1 + np.abs(u))
            s = np.float32(0.5) + np.float32(SCALE) * (u * h)
            slopes = np.float32(SCALE * K) * (h * h)
            weighted, labels = (s, y) if w is None else (s * w, y * w)
            tp, both = (y * weighted).sum(0), weighted.sum(0) + labels.sum(0)
            gradient = slopes * ((2 * tp / both**2 - y * (2 / both)) / tp.size)
            if w is not None:
                gradient = gradient * w
            return 1 - (2 * tp / both).mean(), gradient

        return call

    add("NumPy", losses, prepare)


def add_torch():
    import torch

    torch.set_num_threads(1)
    loss = f1_loss(torch.abs, lambda x: x.sum(0), torch.mean)

    def of(function):
        def prepare(work, rows):
            y, p, *rest = [torch.from_numpy(x) for x in inputs(work, rows)]
            p.requires_grad_(True)

            def call():
                p.grad = None
                value = function(p, y, *rest)
                value.backward()
                return value, p.grad

            return call

        return prepare

    add("PyTorch, eager", losses, of(loss))
    add("PyTorch, eager, F1", ["epochs"], lambda work, rows: torch_training(torch, loss))
    torch._dynamo.config.recompile_limit = 64  # a shape each
    try:
        compiled = torch.compile(loss, dynamic=False)
        of(compiled)("binary", 32)()
        add("PyTorch, compiled", losses, of(compiled))
    except Exception as error:  # it wants a C++ compiler
        missing.append({"what": "PyTorch, compiled", "why": f"not available: {str(error).splitlines()[0]}"})


def add_jax():
    import jax

    loss = f1_loss(jax.numpy.abs, lambda x: x.sum(0), jax.numpy.mean)
    both = jax.jit(jax.value_and_grad(loss))

    def prepare(work, rows):
        y, p, *rest = [jax.numpy.asarray(x) for x in inputs(work, rows)]
        return lambda: jax.block_until_ready(both(p, y, *rest))

    add("JAX, jit", losses, prepare)


def add_tensorflow():
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    loss = f1_loss(tf.abs, lambda x: tf.reduce_sum(x, 0), tf.reduce_mean)

    def both(p, y, w=None):
        with tf.GradientTape() as tape:
            tape.watch(p)
            value = loss(p, y, w)
        return value, tape.gradient(value, p)

    def of(function):
        def prepare(work, rows):
            y, p, *rest = [tf.constant(x) for x in inputs(work, rows)]
            return lambda: function(p, y, *rest)

        return prepare

    add("TensorFlow, eager", losses, of(both))
    add("TensorFlow, function", losses, of(tf.function(both)))
    add("TensorFlow, XLA", losses, of(tf.function(both, jit_compile=True)))


def training_rows():
    """E-mail as spam or not, 4,601 × 57, columns scaled."""
    path = pathlib.Path(__file__).parent.parent / "data" / "spambase.csv"
    with open(path, newline="", encoding="utf-8") as file:
        table = np.array(list(csv.reader(file))[1:], dtype=np.float64)
    x, y = table[:, :-1], table[:, -1:]
    return ((x - x.mean(0)) / x.std(0)).astype(np.float32), y.astype(np.float32)


def torch_training(torch, loss):
    x, y = (torch.from_numpy(part) for part in training_rows())

    def call():
        torch.manual_seed(1)
        model = torch.nn.Sequential(
            torch.nn.Linear(x.shape[1], HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, 1), torch.nn.Sigmoid()
        )
        optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
        for _ in range(EPOCHS):
            for rows in torch.randperm(len(x)).split(BATCH):
                optimizer.zero_grad()
                loss(model(x[rows]), y[rows]).backward()
                optimizer.step()

    return call


def add_keras():
    import keras

    loss = f1_loss(keras.ops.abs, lambda x: keras.ops.sum(x, 0), keras.ops.mean)
    if arguments.keras == "torch":
        import torch

        torch.set_num_threads(1)

    def prepare(work, rows):
        keras.utils.set_random_seed(1)
        x, y = training_rows()
        dense = keras.layers.Dense
        model = keras.Sequential([keras.Input((x.shape[1],)), dense(HIDDEN, "relu"), dense(1, "sigmoid")])
        model.compile(keras.optimizers.Adam(RATE), loss=lambda y, p: loss(p, y))
        return lambda: model.fit(x, y, epochs=EPOCHS, batch_size=BATCH, verbose=0)

    names = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
    add(f"Keras on {names[arguments.keras]}, F1", ["epochs"], prepare)


def version_of(*packages):
    for package in packages:
        try:
            return importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            pass
    return "unknown"


def load():
    """Adds the contenders of what is installed; gives the versions."""
    parts = [("NumPy", add_numpy, ["numpy"]), ("PyTorch", add_torch, ["torch"]), ("JAX", add_jax, ["jax"])]
    parts.append(("TensorFlow", add_tensorflow, ["tensorflow", "tensorflow-cpu"]))
    if arguments.keep_pages:
        parts = [part for part in parts if part[0] in ["PyTorch", "JAX"]]
    if arguments.keras:
        parts = [("Keras", add_keras, ["keras"])]
    versions = {"Python": ".".join(map(str, sys.version_info[:3]))}
    for name, make, packages in parts:
        try:
            make()
            versions[name] = version_of(*packages)
        except ImportError as error:
            missing.append({"what": name, "why": f"not available: {error}"})
    return versions


ready = {}


def ask(name, work, rows, untimed=0, samples=0, calls=0):
    """Times a contender, or gives its value plus the sum of its gradient."""
    for other in [key for key in ready if ready[key][0] != (work, rows)]:
        del ready[other]  # so much memory need not be held
    if name not in ready:
        ready[name] = (work, rows), contenders[name]["prepare"](work, rows)
        ready[name][1]()
    call = ready[name][1]
    if samples == 0:
        value, gradient = (np.asarray(x.detach() if hasattr(x, "detach") else x, np.float64) for x in call())
        return {"value": float(value.sum() + gradient.sum())}
    for _ in range(untimed):
        call()
    times = []
    for _ in range(samples):
        start = time.perf_counter()
        for _ in range(calls):
            call()
        times.append((time.perf_counter() - start) / calls * 1000)
    return {"ms": times}


def serve(versions):
    def say(answer):
        print(json.dumps(answer), file=answers, flush=True)

    say({
        "versions": versions,
        "contenders": [{"name": n, "works": c["works"], "least": c["least"]} for n, c in contenders.items()],
        "missing": missing,
    })
    for line in sys.stdin:
        try:
            say(ask(**json.loads(line)))
        except Exception as error:
            say({"error": (str(error) or repr(error)).splitlines()[0]})


def alone(versions):
    """Everything in turn, without the library that is measured against."""
    jobs = [(work, rows) for work in losses for rows in ([10**5] if work == "macro" else [32, 1000, 10**4, 10**5, 10**6, 10**7])]
    result = {"versions": versions, "missing": missing, "losses": [], "epochs": []}
    for work, rows in [*jobs, ("epochs", 0)]:
        names = [name for name, one in contenders.items() if work in one["works"] and rows >= one["least"]]
        if not names:
            continue
        calls = {name: max(1, int(0.2 / ask(name, work, rows, 1, 1, 1)["ms"][0])) for name in names}
        times = {name: [] for name in names}
        for _ in range(7):
            for name in names:
                times[name] += ask(name, work, rows, calls[name], 3 if rows else 1, calls[name])["ms"]
        for name in names:
            one = {"work": work, "rows": rows, "contender": name, "ms": statistics.median(times[name])}
            result["losses" if rows else "epochs"].append(one)
    print(json.dumps(result, indent=2), file=answers)


(serve if arguments.serve else alone)(load())
