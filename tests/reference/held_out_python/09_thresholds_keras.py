# Retold from the sources below: same operations, same fault, written anew.
import keras
from keras import ops


# https://github.com/keras-team/keras/issues/4175
def rounded_cost(y_true, y_pred):
    guess = ops.round(y_pred)
    misses = ops.sum(y_true * (1 - guess))
    alarms = ops.sum((1 - y_true) * guess)
    return (5 * misses + alarms) / ops.cast(ops.size(y_true), "float32")


# https://github.com/Golbstein/Keras-segmentation-deeplab-v3.1/issues/6
def jaccard(y_true, y_pred):
    nb_classes = y_pred.shape[-1]
    pred = ops.argmax(y_pred, axis=-1)
    true = ops.argmax(y_true, axis=-1)
    iou = []
    for i in range(nb_classes):
        p, t = ops.equal(pred, i), ops.equal(true, i)
        inter = ops.sum(ops.cast(ops.logical_and(p, t), "float32"))
        union = ops.sum(ops.cast(ops.logical_or(p, t), "float32"))
        iou.append((inter + keras.config.epsilon()) / (union + keras.config.epsilon()))
    return 1 - ops.mean(ops.stack(iou))


# https://github.com/keras-team/keras-contrib/pull/197
def jaccard_distance(y_true, y_pred, smooth=1.0):
    intersection = ops.sum(ops.abs(y_true * y_pred))
    sum_ = ops.sum(ops.abs(y_true) + ops.abs(y_pred))
    jac = (intersection + smooth) / (sum_ - intersection + smooth)
    return (1 - jac) * smooth


def binary_jaccard_distance(y_true, y_pred):
    return jaccard_distance(ops.round(y_pred), y_pred)
