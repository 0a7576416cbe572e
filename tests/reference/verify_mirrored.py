"""Records that TensorFlow's MirroredStrategy trains on the mean of the replicas' losses, and the line that cures it: mirrored.json.

The gradient of a logistic model in a loop of one's own, in float64, on two logical CPU devices against one: the distance of the two,
relative to that of one device.

    python verify_mirrored.py
"""

import record  # first: it sets what the frameworks read at import

import numpy as np
import tensorflow as tf

ROWS, FEATURES, SEED = 1024, 6, 48356029


def f1_loss(cured):
    def loss(y_true, y_pred):
        y, p = tf.reshape(tf.cast(y_true, y_pred.dtype), [-1]), tf.reshape(y_pred, [-1])
        slope, k = 10.0, 18.0  # the softsign of recipe_keras.py at the threshold 0.5
        d = (1 + k / 2) * (1 + k * tf.abs(p - 0.5))
        s = tf.where(p > 0.5, 1 - slope * (1 - p) / d, slope * p / d)
        counts = tf.stack([tf.reduce_sum(y * s), tf.reduce_sum((1 - y) * s), tf.reduce_sum(y * (1 - s))])
        if cured:
            counts = tf.distribute.get_replica_context().all_reduce("SUM", counts)  # the line
        tp, fp, fn = tf.unstack(counts)
        return 1 - tf.math.divide_no_nan(2 * tp, 2 * tp + fp + fn)

    return loss


def problem(prevalence):
    rng = np.random.default_rng(SEED)
    x = rng.normal(size=(ROWS, FEATURES))
    score = x[:, 0] - 0.5 * x[:, 1] + 0.7 * rng.normal(size=ROWS)
    return x, (score > np.quantile(score, 1 - prevalence)).astype(float).reshape(-1, 1)


def gradient(strategy, loss, x, y):
    """The gradient that a step applies: each replica's own, averaged, as the guide to distributed training has it."""
    with strategy.scope():
        weights = tf.Variable(np.linspace(0.5, -0.5, FEATURES).reshape(-1, 1))
    replicas = strategy.num_replicas_in_sync
    part = lambda rows: strategy.experimental_distribute_values_from_function(
        lambda context: tf.constant(np.array_split(rows, replicas)[context.replica_id_in_sync_group])
    )

    def step(a, b):
        with tf.GradientTape() as tape:
            value = loss(b, tf.sigmoid(a @ weights - 1))
        return tf.distribute.get_replica_context().all_reduce("MEAN", tape.gradient(value, weights))

    per_replica = strategy.run(tf.function(step), args=(part(x), part(y)))
    return strategy.experimental_local_results(per_replica)[0].numpy().reshape(-1)


def main():
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2)
    one, two = tf.distribute.OneDeviceStrategy("CPU:0"), tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    runs = []
    for prevalence in (0.01, 0.1):
        x, y = problem(prevalence)
        order = np.argsort(-y[:, 0], kind="stable")  # the positives on the first replica, as a sorted file has them
        for rows, (a, b) in {"as they come": (x, y), "sorted by label": (x[order], y[order])}.items():
            exact = gradient(one, f1_loss(False), a, b)
            for way, cured in (("as it is", False), ("with the line", True)):
                distance = np.linalg.norm(gradient(two, f1_loss(cured), a, b) - exact) / np.linalg.norm(exact)
                runs.append({"prevalence": prevalence, "rows": rows, "way": way, "distance": float(f"{distance:.3g}")})
                print(runs[-1])
                assert distance < 1e-12 if cured else distance > 1e-3, runs[-1]
    record.write("mirrored.json", {"versions": record.versions("tensorflow", "numpy"), "seed": SEED}, runs=runs)


if __name__ == "__main__":
    main()
