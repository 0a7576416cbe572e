"""The losses of flattened.ts in TensorFlow; "fault" marks the line that the first finding names."""
import tensorflow as tf


def spread(y_true, y_pred):
    return tf.reduce_mean((tf.reshape(y_true, [-1]) - y_pred) ** 2)  # fault


def rounded(y_true, y_pred):
    p = tf.squeeze(y_pred, -1)
    hit = tf.round(p)  # fault
    return tf.reduce_mean((tf.reshape(y_true, [-1]) - hit) ** 2)


def compared(y_true, y_pred):
    y, p = tf.reshape(y_true, [-1]), tf.reshape(y_pred, [-1])
    hit = tf.cast(p > 0.5, tf.float32)  # fault
    return 1 - tf.reduce_mean(y * hit)


def exchanged(y_true, y_pred):
    y, p = tf.keras.backend.flatten(y_true), tf.keras.backend.flatten(y_pred)
    y = tf.clip_by_value(y, 1e-7, 1 - 1e-7)
    return -tf.reduce_mean(p * tf.math.log(y) + (1 - p) * tf.math.log(1 - y))  # fault


def bare_logarithm(y_true, y_pred):
    y, p = tf.squeeze(y_true, -1), tf.squeeze(y_pred, -1)
    return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))  # fault


def rising(y_true, y_pred):
    y, p = tf.reshape(y_true, [-1]), tf.clip_by_value(tf.reshape(y_pred, [-1]), 1e-7, 1 - 1e-7)
    return tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))


def squashed(y_true, y_pred):
    y, p = tf.keras.backend.flatten(y_true), tf.keras.backend.flatten(y_pred)
    q = tf.sigmoid(p)  # fault
    return -tf.reduce_mean(y * tf.math.log(q) + (1 - y) * tf.math.log(1 - q))


def softmax_of_the_batch(y_true, y_pred):
    y, p = tf.reshape(y_true, [-1]), tf.reshape(y_pred, [-1])
    q = tf.nn.softmax(p, axis=-1)  # fault
    return tf.reduce_mean((y - q) ** 2)


def stopped(y_true, y_pred):
    y, p = tf.squeeze(y_true, -1), tf.squeeze(y_pred, -1)
    q = tf.stop_gradient(p)  # fault
    return tf.reduce_mean((y - q) ** 2)


def constant(y_true, y_pred):
    y, p = tf.reshape(y_true, [-1]), tf.reshape(y_pred, [-1])
    return tf.reduce_mean((y - 0.5) ** 2) + 0 * tf.reduce_mean(p)


def narrow_ramp(y_true, y_pred):
    y, p = tf.keras.backend.flatten(y_true), tf.keras.backend.flatten(y_pred)
    q = tf.clip_by_value(p, 0.48, 0.52)
    return tf.reduce_mean((y - q) ** 2)


def bare_root(y_true, y_pred):
    y, p = tf.squeeze(y_true, -1), tf.squeeze(y_pred, -1)
    return tf.reduce_mean(tf.sqrt((y - p) ** 2))  # fault


def bare_ratio(y_true, y_pred):
    y, p = tf.reshape(y_true, [-1]), tf.reshape(y_pred, [-1])
    return 1 - tf.reduce_sum(y * p) / tf.reduce_sum(y)  # fault


def signs(y_true, y_pred):
    y, p = tf.keras.backend.flatten(y_true), tf.keras.backend.flatten(y_pred)
    return tf.reduce_mean(tf.nn.relu(1 - y * p))


def recall_alone(y_true, y_pred):
    y, p = tf.reshape(y_true, [-1]), tf.reshape(y_pred, [-1])
    return 1 - tf.reduce_sum(y * p) / (tf.reduce_sum(y) + 1e-7)


def sums(y_true, y_pred):
    y, p = tf.squeeze(y_true, -1), tf.squeeze(y_pred, -1)
    return tf.reduce_sum((y - p) ** 2)
