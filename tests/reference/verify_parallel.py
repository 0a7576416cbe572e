"""Records that recipe_keras.py is exact under Keras' DataParallel on JAX, unchanged: parallel.json.

Two host devices, the rows of a batch divided between them. `compiled` is the number of all-reduces in the program of a value and
its gradient, and the differences from one device in float64. `fit` is the largest difference of the weights after training by
`model.fit` on two devices and on one, in float32.

    python verify_parallel.py
"""

import record  # first: it sets what the frameworks read at import

import json
import os
import re
import subprocess
import sys

import numpy as np

ROWS, FEATURES, BATCH, EPOCHS, SEED = 2048, 8, 256, 5, 48356029


def problem():
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(ROWS, FEATURES)).astype("float32")
    y = (x[:, 0] - 0.5 * x[:, 1] + 0.7 * rng.normal(size=ROWS) > 1.5).astype("float32")
    return x, y.reshape(-1, 1)


def on_devices(count):
    os.environ["XLA_FLAGS"] += f" --xla_force_host_platform_device_count={count}"
    os.environ["KERAS_BACKEND"] = "jax"
    import jax
    import keras
    from jax.sharding import Mesh, NamedSharding, PartitionSpec
    from recipe_keras import f_beta_loss

    devices = jax.devices()
    assert len(devices) == count
    x, y = problem()
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=[f"cpu:{i}" for i in range(count)]))
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([keras.Input((FEATURES,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.SGD(0.5), loss=f_beta_loss(beta=1.0, slope=10.0))
    losses = model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0).history["loss"]
    weights = np.concatenate([w.reshape(-1) for w in model.get_weights()]).tolist()

    jax.config.update("jax_enable_x64", True)
    loss, rows = f_beta_loss(beta=1.0, slope=10.0), NamedSharding(Mesh(np.array(devices), ("rows",)), PartitionSpec("rows"))
    a, b = jax.device_put(x.astype("float64"), rows), jax.device_put(y.astype("float64"), rows)
    w = np.linspace(1, -1, FEATURES)
    ask = jax.jit(jax.value_and_grad(lambda w, a, b: loss(b, 1 / (1 + jax.numpy.exp(-(a @ w))))))
    program = ask.lower(w, a, b).compile()
    value, gradient = program(w, a, b)
    reduces = len(re.findall(r"= \S+ all-reduce(?:-start)?\(|= \([^)]*\) all-reduce(?:-start)?\(", program.as_text()))
    print(json.dumps({"losses": losses, "weights": weights, "value": float(value), "gradient": np.asarray(gradient).tolist(), "allReduces": reduces}))


def ask(count):
    answer = subprocess.run([sys.executable, __file__, str(count)], check=True, capture_output=True, text=True)
    return json.loads(answer.stdout.splitlines()[-1])


def main():
    one, two = ask(1), ask(2)
    differ = lambda key: float(np.max(np.abs(np.subtract(one[key], two[key]))))
    compiled = {"allReduces": two["allReduces"], "ofOneDevice": one["allReduces"], "value": differ("value"), "gradient": differ("gradient")}
    fit = {"epochs": EPOCHS, "losses": differ("losses"), "weights": differ("weights"), "firstLoss": two["losses"][0], "lastLoss": two["losses"][-1]}
    print(compiled, fit)
    assert compiled["value"] < 1e-12 and compiled["gradient"] < 1e-12 and fit["weights"] < 1e-5 and fit["losses"] < 1e-5
    assert two["allReduces"] == 2 and one["allReduces"] == 0 and two["losses"][-1] < two["losses"][0]
    record.write("parallel.json", {"versions": record.versions("keras", "jax", "numpy"), "seed": SEED}, compiled=[compiled], fit=[fit])


if __name__ == "__main__":
    on_devices(int(sys.argv[1])) if len(sys.argv) > 1 else main()
