# Retold from the sources below: same operations, same fault, written anew.
import math

import tensorflow as tf


# https://github.com/tensorflow/tensorflow/pull/32186
def cosine_proximity(y_true, y_pred):
    y_true = tf.nn.l2_normalize(y_true, axis=-1)
    y_pred = tf.nn.l2_normalize(y_pred, axis=-1)
    return tf.reduce_sum(y_true * y_pred, axis=-1)


# http://ddrv.cn/?p=758668
def gps_loss(y_true, y_pred):
    lx = y_true[:, 0] - y_pred[:, 0]
    ly = y_true[:, 1] - y_pred[:, 1]
    return tf.reduce_mean(tf.sqrt(tf.add(tf.square(lx), tf.square(ly))))


# https://whosebug.com/question/4715380/Keras-BinaryCrossentropy-loss-gives-NaN-for-angular-distance-between-two-vectors
def angular_loss(y_true, y_pred):
    cosine = tf.reduce_sum(tf.math.l2_normalize(y_true, 1) * tf.math.l2_normalize(y_pred, 1), axis=1)
    angular_distance = tf.math.acos(cosine) / math.pi
    return tf.reduce_mean(angular_distance)


# https://github.com/tensorflow/tensorflow/issues/37770
def squeezed_mse(y_true, y_pred):
    targets = tf.reshape(y_true, [-1])
    outputs = tf.reshape(y_pred, [-1, 1])
    return tf.reduce_mean(tf.square(targets - outputs))


# https://github.com/keras-team/keras/issues/1061 (outputs: two weights, two means, two log deviations)
def gmm_loss(y_true, y_pred):
    y = y_true[:, :1]
    weights = tf.nn.softmax(y_pred[:, 0:2])
    means = y_pred[:, 2:4]
    sigmas = tf.exp(y_pred[:, 4:6])
    density = tf.exp(-tf.square(y - means) / (2.0 * tf.square(sigmas))) / (sigmas * math.sqrt(2.0 * math.pi))
    likelihood = tf.reduce_sum(weights * density, axis=1)
    return -tf.reduce_mean(tf.math.log(likelihood))
