"""The two losses of the question, Stack Overflow 48356029, in Keras 3: the operations of the asker, one by one."""
from keras import ops

EPSILON = 1e-7


def precision(y_pred, y_true):
    tp = ops.sum(ops.clip(y_true * y_pred, 0, 1))
    fp = ops.sum(ops.clip((1 - y_true) * y_pred, 0, 1))
    return tp / (tp + fp + EPSILON)


def precision_loss(y_true, y_pred):
    y_pred_binary = ops.round(ops.clip(y_pred, 0, 1))
    y_true_binary = ops.round(ops.clip(y_true, 0, 1))
    return 1 - precision(y_pred_binary, y_true_binary)


def custom_sigmoid(v):
    return ops.maximum(0.0, ops.minimum(1.0, (v + 0.0625) / 0.125))


def precision_loss_ramp(y_true, y_pred):
    y_pred_ramp = custom_sigmoid(ops.clip(y_pred, 0, 1))
    y_true_ramp = custom_sigmoid(ops.clip(y_true, 0, 1))
    return 1 - precision(y_pred_ramp, y_true_ramp)
