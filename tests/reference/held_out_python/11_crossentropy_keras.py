# Retold from the sources below: same operations, same fault, written anew.
from itertools import product

import keras
import numpy as np
from keras import ops


# https://thinbug.com/q/52709701
def w_categorical_crossentropy(y_true, y_pred):
    weights = np.ones((3, 3))
    weights[1, 0] = 2.5
    weights[0, 1] = 2.5
    nb_cl = len(weights)
    final_mask = ops.zeros_like(y_pred[:, 0])
    y_pred_max = ops.max(y_pred, axis=1, keepdims=True)
    y_pred_max_mat = ops.cast(ops.equal(y_pred, y_pred_max), "float32")
    for c_p, c_t in product(range(nb_cl), range(nb_cl)):
        final_mask += weights[c_t, c_p] * y_pred_max_mat[:, c_p] * y_true[:, c_t]
    return keras.losses.categorical_crossentropy(y_pred, y_true) * final_mask


# https://github.com/keras-team/keras/pull/23322 (alpha is documented as the price of false positives)
def tversky(y_true, y_pred, alpha=0.7, beta=0.3):
    inputs = y_true
    targets = y_pred
    intersection = ops.sum(inputs * targets)
    fp = ops.sum((1 - targets) * inputs)
    fn = ops.sum(targets * (1 - inputs))
    score = (intersection + 1e-7) / (intersection + fp * alpha + fn * beta + 1e-7)
    return 1 - score


# https://github.com/keras-team/keras/issues/590
def poisson_loss(y_true, y_pred):
    return ops.mean(y_pred - y_true * ops.log(y_pred), axis=-1)


# https://github.com/keras-team/keras/pull/333
def mean_absolute_percentage_error(y_true, y_pred):
    return ops.mean(ops.abs((y_true - y_pred) / y_true)) * 100
