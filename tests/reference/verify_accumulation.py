"""Records that gradient accumulation trains on the mean of the batches' losses, and what cures it: accumulation.json.

For 1 % and 10 % positives and batches of 64 of 1024 rows, in float64: the gradient that PyTorch and Keras accumulate, relative to
the gradient of the loss of all rows, as the distance of the two and the cosine between them. `two passes` is
`two_pass_backward` of recipes/recipe_torch_ddp.py; for Keras the same two passes by `stop_gradient`.

    python verify_accumulation.py
"""

import record  # first: it sets what the frameworks read at import

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import keras
import numpy as np
import torch

from recipe_keras import f_beta_loss as keras_loss
from recipe_torch_ddp import f_beta_of, soft_counts, two_pass_backward

keras.backend.set_floatx("float64")

ROWS, BATCH, FEATURES, SEED, SLOPE = 1024, 64, 6, 48356029, 10.0


def problem(prevalence):
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(ROWS, FEATURES))
    score = x[:, 0] - 0.5 * x[:, 1] + 0.7 * rng.normal(size=ROWS)
    return x, (score > np.quantile(score, 1 - prevalence)).astype(float)


def start():
    return np.linspace(0.5, -0.5, FEATURES).reshape(-1, 1), np.array([-1.0])


def compared(gradient, exact):
    distance = np.linalg.norm(gradient - exact) / np.linalg.norm(exact)
    norms = np.linalg.norm(gradient) * np.linalg.norm(exact)
    return {"distance": float(f"{distance:.3g}"), "cosine": float(f"{gradient @ exact / norms if norms else 0:.4f}")}


def in_torch(x, y):
    x, y = torch.tensor(x), torch.tensor(y)
    weights, bias = start()
    model = torch.nn.Sequential(torch.nn.Linear(FEATURES, 1), torch.nn.Sigmoid()).to(torch.float64)
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor(weights.T))
        model[0].bias.copy_(torch.tensor(bias))
    batches = lambda: ((x[i : i + BATCH], y[i : i + BATCH]) for i in range(0, ROWS, BATCH))

    def gradient(fill):
        model.zero_grad()
        fill()
        return torch.cat([p.grad.reshape(-1) for p in model.parameters()]).numpy().copy()

    def accumulate():  # as every tutorial has it
        for a, b in batches():
            (f_beta_of(soft_counts(b, model(a), SLOPE)) / (ROWS // BATCH)).backward()

    exact = gradient(lambda: f_beta_of(soft_counts(y, model(x), SLOPE)).backward())
    return exact, {"accumulated": gradient(accumulate), "two passes": gradient(lambda: two_pass_backward(model, batches, slope=SLOPE))}


def in_keras(x, y):
    """One step of SGD, whose change of the weights is the gradient; `gradient_accumulation_steps` is Keras' own."""

    def change(batch, loss, steps=None):
        model = keras.Sequential([keras.Input((FEATURES,)), keras.layers.Dense(1, activation="sigmoid")])
        model.set_weights(list(start()))
        model.compile(keras.optimizers.SGD(1.0, gradient_accumulation_steps=steps), loss=loss)
        model.fit(x, y.reshape(-1, 1), batch_size=batch, shuffle=False, verbose=0)
        return np.concatenate([(a - b).reshape(-1) for a, b in zip(start(), model.get_weights())])

    def two_pass_loss():
        """The loss whose sum over the batches has the gradient of the loss of all rows: the counts of all rows are known."""
        p = 1 / (1 + np.exp(-(x @ start()[0] + start()[1])))
        counts = soft_counts(torch.tensor(y), torch.tensor(p), SLOPE).requires_grad_()
        (by_count,) = torch.autograd.grad(f_beta_of(counts), counts)
        tp, fp, fn = by_count.tolist()
        slope, k = SLOPE, 2 * (SLOPE - 1)  # of recipe_keras at the threshold 0.5
        s = lambda q: keras.ops.where(
            q > 0.5,
            1 - slope * (1 - q) / ((1 + k / 2) * (1 + k * keras.ops.abs(q - 0.5))),
            slope * q / ((1 + k / 2) * (1 + k * keras.ops.abs(q - 0.5))),
        )
        batches = ROWS // BATCH  # Keras takes the mean of the batches' gradients

        def loss(b, q):
            b, q = keras.ops.reshape(b, (-1,)), keras.ops.reshape(q, (-1,))
            return batches * keras.ops.sum(tp * b * s(q) + fp * (1 - b) * s(q) + fn * b * (1 - s(q)))

        return loss

    exact = change(ROWS, keras_loss(beta=1.0, slope=SLOPE))
    return exact, {
        "accumulated": change(BATCH, keras_loss(beta=1.0, slope=SLOPE), ROWS // BATCH),
        "two passes": change(BATCH, two_pass_loss(), ROWS // BATCH),
    }


def main():
    runs = []
    for prevalence in (0.01, 0.1):
        x, y = problem(prevalence)
        for framework, ask in (("torch", in_torch), ("keras", in_keras)):
            exact, gradients = ask(x, y)
            for way, gradient in gradients.items():
                run = {"framework": framework, "prevalence": prevalence, "way": way, **compared(gradient, exact)}
                assert run["distance"] > 0.05 if way == "accumulated" else run["distance"] < 1e-12, run
                runs.append(run)
                print(run)
    head = {"versions": record.versions("torch", "keras", "jax", "numpy"), "seed": SEED, "rows": ROWS, "batch": BATCH}
    record.write("accumulation.json", head, runs=runs)


if __name__ == "__main__":
    main()
