"""The losses of flattened.ts in Keras 3, on any backend; "fault" marks the line that the first finding names."""
from keras import ops


def spread(y_true, y_pred):
    return ops.mean((ops.reshape(y_true, [-1]) - y_pred) ** 2)  # fault


def rounded(y_true, y_pred):
    p = ops.squeeze(y_pred, -1)
    hit = ops.round(p)  # fault
    return ops.mean((ops.reshape(y_true, [-1]) - hit) ** 2)


def compared(y_true, y_pred):
    y, p = ops.reshape(y_true, [-1]), ops.reshape(y_pred, [-1])
    hit = ops.cast(p > 0.5, "float32")  # fault
    return 1 - ops.mean(y * hit)


def exchanged(y_true, y_pred):
    y, p = ops.ravel(y_true), ops.ravel(y_pred)
    y = ops.clip(y, 1e-7, 1 - 1e-7)
    return -ops.mean(p * ops.log(y) + (1 - p) * ops.log(1 - y))  # fault


def bare_logarithm(y_true, y_pred):
    y, p = ops.squeeze(y_true, -1), ops.squeeze(y_pred, -1)
    return -ops.mean(y * ops.log(p) + (1 - y) * ops.log(1 - p))  # fault


def rising(y_true, y_pred):
    y, p = ops.reshape(y_true, [-1]), ops.clip(ops.reshape(y_pred, [-1]), 1e-7, 1 - 1e-7)
    return ops.mean(y * ops.log(p) + (1 - y) * ops.log(1 - p))


def squashed(y_true, y_pred):
    y, p = ops.ravel(y_true), ops.ravel(y_pred)
    q = ops.sigmoid(p)  # fault
    return -ops.mean(y * ops.log(q) + (1 - y) * ops.log(1 - q))


def softmax_of_the_batch(y_true, y_pred):
    y, p = ops.reshape(y_true, [-1]), ops.reshape(y_pred, [-1])
    q = ops.softmax(p, axis=-1)  # fault
    return ops.mean((y - q) ** 2)


def stopped(y_true, y_pred):
    y, p = ops.squeeze(y_true, -1), ops.squeeze(y_pred, -1)
    q = ops.stop_gradient(p)  # fault
    return ops.mean((y - q) ** 2)


def constant(y_true, y_pred):
    y, p = ops.reshape(y_true, [-1]), ops.reshape(y_pred, [-1])
    return ops.mean((y - 0.5) ** 2) + 0 * ops.mean(p)


def narrow_ramp(y_true, y_pred):
    y, p = ops.ravel(y_true), ops.ravel(y_pred)
    q = ops.clip(p, 0.48, 0.52)
    return ops.mean((y - q) ** 2)


def bare_root(y_true, y_pred):
    y, p = ops.squeeze(y_true, -1), ops.squeeze(y_pred, -1)
    return ops.mean(ops.sqrt((y - p) ** 2))  # fault


def bare_ratio(y_true, y_pred):
    y, p = ops.reshape(y_true, [-1]), ops.reshape(y_pred, [-1])
    return 1 - ops.sum(y * p) / ops.sum(y)  # fault


def signs(y_true, y_pred):
    y, p = ops.ravel(y_true), ops.ravel(y_pred)
    return ops.mean(ops.relu(1 - y * p))


def recall_alone(y_true, y_pred):
    y, p = ops.reshape(y_true, [-1]), ops.reshape(y_pred, [-1])
    return 1 - ops.sum(y * p) / (ops.sum(y) + 1e-7)


def sums(y_true, y_pred):
    y, p = ops.squeeze(y_true, -1), ops.squeeze(y_pred, -1)
    return ops.sum((y - p) ** 2)
