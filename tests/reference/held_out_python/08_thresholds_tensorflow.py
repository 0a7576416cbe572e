# Retold from the sources below: same operations, same fault, written anew.
import tensorflow as tf


# http://xiaobeizi.cn/x/6JuuQQjucd
def mask_loss(y_true, y_pred):
    thresholded = tf.where(y_pred >= 0.5, 1.0, 0.0)
    sq_diff = tf.square(y_true - thresholded)
    return tf.reduce_mean(sq_diff, axis=-1)


# https://github.com/rstudio/keras3/issues/193
def directional_accuracy(y_true, y_pred):
    moved = tf.sign(y_true[1:] - y_true[:-1])
    guessed = tf.sign(y_pred[1:] - y_pred[:-1])
    hit = tf.equal(moved, guessed)
    return 1.0 - tf.reduce_mean(tf.cast(hit, tf.float32))


# https://thinbug.com/q/51257037
hidden_a = tf.constant([[0.1, 0.4], [0.3, -0.2]])


def myLoss(y_true, y_pred):
    return tf.reduce_sum(hidden_a)
