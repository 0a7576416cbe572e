"""TensorFlow, the first answer's form: round keeps its value and gets a softsign's gradient.
    model.compile("adam", loss=f_beta_loss(beta=0.5))"""
import tensorflow as tf


def f_beta_loss(beta=1.0, slope=4.0):
    miss = 1 - 1 / (1 + beta**2)  # cost of a false negative; a false positive costs the rest
    k = 2 * (slope - 1)  # makes the softsign 0 at 0 and 1 at 1

    @tf.custom_gradient
    def decide(p):
        derivative = slope / (1 + k * tf.abs(p - 0.5)) ** 2
        return tf.cast(p > 0.5, p.dtype) + 0 * p, lambda upstream: upstream * derivative

    def loss(y_true, y_pred):
        y, s = tf.reshape(tf.cast(y_true, y_pred.dtype), [-1]), decide(tf.reshape(y_pred, [-1]))
        tp, fn = tf.reduce_sum(y * s), tf.reduce_sum(y * (1 - s))
        fp = tf.reduce_sum((1 - y) * s)
        return 1 - tf.math.divide_no_nan(tp, tp + miss * fn + (1 - miss) * fp)

    return loss
