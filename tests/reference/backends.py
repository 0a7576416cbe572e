"""Runs a recording script once for each of Keras' backends, and gives one gradient function for all three."""

import json
import os
import subprocess
import sys

from record import HERE, QUIET

BACKENDS = ["tensorflow", "jax", "torch"]


def ask_each(script):
    """What `script --backend NAME` prints as its last line, read as JSON, for each backend in a process of its own."""
    answers = {}
    for backend in BACKENDS:
        done = subprocess.run(
            [sys.executable, str(HERE / script), "--backend", backend],
            env={**os.environ, **QUIET, "KERAS_BACKEND": backend}, capture_output=True, text=True,
        )
        if done.returncode:
            raise SystemExit(f"{script} on {backend} failed:\n{done.stderr}")
        answers[backend] = json.loads(done.stdout.splitlines()[-1])
    return answers


def value_and_gradient(function, p):
    """The value of `function` at the array p, and its gradient there; None where the backend says that there is none."""
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        x = tf.constant(p)
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x)
        gradient = tape.gradient(value, x)
        return value.numpy(), None if gradient is None else gradient.numpy()
    if backend == "jax":
        import jax
        import numpy as np

        value, gradient = jax.value_and_grad(function)(jax.numpy.asarray(p))
        return np.asarray(value), np.asarray(gradient)
    import torch

    x = torch.tensor(p, requires_grad=True)
    value = function(x)
    value.backward()
    return value.detach().numpy(), None if x.grad is None else x.grad.numpy()
