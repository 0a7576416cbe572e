"""The cases of tests/audit/cases.ts in Keras 3, on any backend."""
import keras
from keras import ops


def threshold_mse(y_true, y_pred):
    hard = ops.where(y_pred >= 0.5, ops.ones_like(y_pred), ops.zeros_like(y_pred))
    return ops.mean((y_true - hard) ** 2)


def round_precision_so48356029(y_true, y_pred):
    hit = ops.round(ops.clip(y_pred, 0, 1))
    tp, fp = ops.sum(y_true * hit), ops.sum((1 - y_true) * hit)
    return 1 - tp / (tp + fp + 1e-7)


def greater_mask_dirac13(y_true, y_pred):
    miss = ops.abs(y_true - y_pred)
    return ops.mean(ops.cast(miss > ops.mean(miss), "float32"))


def int_cast_tf47083(y_true, y_pred):
    whole = ops.cast(ops.cast(y_pred, "int32"), "float32")
    return ops.mean((y_true - whole) ** 2)


def item_reinforce_release39(y_true, y_pred):
    loss = 0.0
    for row, reward in zip(ops.log(ops.clip(y_pred, 1e-7, 1)), y_true):
        for j in range(len(row)):
            loss -= float(row[j]) * float(reward[j])
    return ops.convert_to_tensor(loss / len(y_pred))


def partial_detach_frcnn2(y_true, y_pred):
    p, y = ops.clip(y_pred[:, :1], 1e-7, 1 - 1e-7), y_true[:, :1]
    inside = ops.stop_gradient(y_pred[:, 1:]) * y
    bce = -ops.mean(y * ops.log(p) + (1 - y) * ops.log(1 - p))
    return bce + ops.mean((inside - y_true[:, 1:] * y) ** 2)


def softmax_one_unit_yolo191(y_true, y_pred):
    return ops.mean((y_true - ops.softmax(y_pred, -1)) ** 2)


def clip_focal_tfa693(y_true, y_pred):
    p = ops.clip(y_pred, 1e-7, 1 - 1e-7)
    pt = y_true * p + (1 - y_true) * (1 - p)
    return ops.mean(-((1 - pt) ** 2) * ops.log(pt))


def naive_bce_so48951109(y_true, y_pred):
    return -ops.mean(y_true * ops.log(y_pred) + (1 - y_true) * ops.log(1 - y_pred))


def logcosh_keras8524(y_true, y_pred):
    d = y_pred - y_true
    return ops.mean(ops.log((ops.exp(d) + ops.exp(-d)) / 2))


def masked_l1_db14(y_true, y_pred):
    goal, mask = y_true[:, :1], y_true[:, 1:]
    return ops.sum(ops.abs(y_pred - goal) * mask) / ops.sum(mask)


def pearson_constant_interscale19(y_true, y_pred):
    p, t = y_pred - ops.mean(y_pred), y_true - ops.mean(y_true)
    return 1 - ops.sum(p * t) / ops.sqrt(ops.sum(p**2) * ops.sum(t**2))


def euclid_siamese_keras9097(y_true, y_pred):
    a, b = y_pred[:, :2], y_pred[:, 2:]
    d = ops.sqrt(ops.sum((a - b) ** 2, axis=1, keepdims=True))
    return ops.mean(y_true * d**2 + (1 - y_true) * ops.relu(1 - d) ** 2)


def where_exp_torch68425(y_true, y_pred):
    a = ops.abs(y_pred - y_true)
    return ops.mean(ops.where(a <= 0, ops.exp(a), 1 + a))


def dice_score_akirasosa24(y_true, y_pred):
    inter, size = ops.sum(y_true * y_pred), ops.sum(y_true) + ops.sum(y_pred)
    return (2 * inter + 1) / (size + 1)


def cce_swapped_keras8993(y_true, y_pred):
    def ce(target, out):
        return -ops.mean(ops.sum(target * ops.log(ops.clip(out, 1e-7, 1 - 1e-7)), axis=-1))
    uniform = ops.ones_like(y_pred) / 3
    return 0.9 * ce(y_pred, y_true) + 0.1 * ce(y_pred, uniform)


def double_softmax_cookbook86(y_true, y_pred):
    return keras.losses.categorical_crossentropy(y_true, y_pred, from_logits=True)


def linear_bce_keras4744(y_true, y_pred):
    p = ops.clip(y_pred, 1e-7, 1 - 1e-7)
    return -ops.mean(y_true * ops.log(p) + (1 - y_true) * ops.log(1 - p))


def bce_255_unet78(y_true, y_pred):
    p = ops.clip(y_pred, 1e-7, 1 - 1e-7)
    return -ops.mean(y_true * ops.log(p) + (1 - y_true) * ops.log(1 - p))


def n_vs_n1_tf28901(y_true, y_pred):
    return ops.mean((y_true - y_pred) ** 2)


def recall_only_evalml476(y_true, y_pred):
    return 1 - ops.sum(y_true * y_pred) / (ops.sum(y_true) + 1e-7)


def sum_nll_jax3113(y_true, y_pred):
    return -ops.sum(y_true * ops.log_softmax(y_pred, -1))


def soft_f1_batch_keras5794(y_true, y_pred):
    tp, eps = ops.sum(y_true * y_pred, axis=0), 1e-7
    p, r = tp / (ops.sum(y_pred, axis=0) + eps), tp / (ops.sum(y_true, axis=0) + eps)
    return 1 - ops.mean(2 * (p * r) / (p + r + eps))


def ok_bce_clipped(y_true, y_pred):
    p = ops.clip(y_pred, 1e-7, 1 - 1e-7)
    return -ops.mean(y_true * ops.log(p) + (1 - y_true) * ops.log(1 - p), axis=-1)


def ok_huber(y_true, y_pred):
    d = ops.abs(y_true - y_pred)
    near = ops.minimum(d, 1)
    return ops.mean(0.5 * near**2 + d - near, axis=-1)


def ok_soft_dice(y_true, y_pred):
    inter, size = ops.sum(y_true * y_pred), ops.sum(y_true) + ops.sum(y_pred)
    return 1 - (2 * inter + 1) / (size + 1)
