"""The cases of tests/audit/cases.ts in JAX."""
import jax
import jax.numpy as jnp
import optax


def threshold_mse(y_pred, y_true):
    hard = jnp.where(y_pred >= 0.5, jnp.ones_like(y_pred), jnp.zeros_like(y_pred))
    return ((y_true - hard) ** 2).mean()


def round_precision_so48356029(y_pred, y_true):
    hit = jnp.round(jnp.clip(y_pred, 0, 1))
    tp, fp = (y_true * hit).sum(), ((1 - y_true) * hit).sum()
    return 1 - tp / (tp + fp + 1e-7)


def greater_mask_dirac13(y_pred, y_true):
    miss = jnp.abs(y_true - y_pred)
    return (miss > miss.mean()).astype(float).mean()


def int_cast_tf47083(y_pred, y_true):
    whole = y_pred.astype(int).astype(float)
    return ((y_true - whole) ** 2).mean()


def item_reinforce_release39(y_pred, y_true):
    loss = 0.0
    for row, reward in zip(jnp.log(jnp.clip(y_pred, 1e-7, 1)), y_true):
        for j in range(len(row)):
            loss -= float(row[j]) * float(reward[j])
    return jnp.asarray(loss / len(y_pred))


def partial_detach_frcnn2(y_pred, y_true):
    p, y = jnp.clip(y_pred[:, :1], 1e-7, 1 - 1e-7), y_true[:, :1]
    inside = jax.lax.stop_gradient(y_pred[:, 1:]) * y
    bce = -(y * jnp.log(p) + (1 - y) * jnp.log(1 - p)).mean()
    return bce + ((inside - y_true[:, 1:] * y) ** 2).mean()


def softmax_one_unit_yolo191(y_pred, y_true):
    return ((y_true - jax.nn.softmax(y_pred, -1)) ** 2).mean()


def clip_focal_tfa693(y_pred, y_true):
    p = jnp.clip(y_pred, 1e-7, 1 - 1e-7)
    pt = y_true * p + (1 - y_true) * (1 - p)
    return (-((1 - pt) ** 2) * jnp.log(pt)).mean()


def naive_bce_so48951109(y_pred, y_true):
    return -(y_true * jnp.log(y_pred) + (1 - y_true) * jnp.log(1 - y_pred)).mean()


def logcosh_keras8524(y_pred, y_true):
    d = y_pred - y_true
    return jnp.log((jnp.exp(d) + jnp.exp(-d)) / 2).mean()


def masked_l1_db14(y_pred, y_true):
    goal, mask = y_true[:, :1], y_true[:, 1:]
    return (jnp.abs(y_pred - goal) * mask).sum() / mask.sum()


def pearson_constant_interscale19(y_pred, y_true):
    p, t = y_pred - y_pred.mean(), y_true - y_true.mean()
    return 1 - (p * t).sum() / jnp.sqrt((p**2).sum() * (t**2).sum())


def euclid_siamese_keras9097(y_pred, y_true):
    a, b = y_pred[:, :2], y_pred[:, 2:]
    d = jnp.sqrt(((a - b) ** 2).sum(1, keepdims=True))
    return (y_true * d**2 + (1 - y_true) * jax.nn.relu(1 - d) ** 2).mean()


def where_exp_torch68425(y_pred, y_true):
    a = jnp.abs(y_pred - y_true)
    return jnp.where(a <= 0, jnp.exp(a), 1 + a).mean()


def dice_score_akirasosa24(y_pred, y_true):
    inter, size = (y_true * y_pred).sum(), y_true.sum() + y_pred.sum()
    return (2 * inter + 1) / (size + 1)


def cce_swapped_keras8993(y_pred, y_true):
    def ce(target, out):
        return -(target * jnp.log(jnp.clip(out, 1e-7, 1 - 1e-7))).sum(-1).mean()
    uniform = jnp.ones_like(y_pred) / 3
    return 0.9 * ce(y_pred, y_true) + 0.1 * ce(y_pred, uniform)


def double_softmax_cookbook86(y_pred, y_true):
    return optax.softmax_cross_entropy(y_pred, y_true).mean()


def linear_bce_keras4744(y_pred, y_true):
    p = jnp.clip(y_pred, 1e-7, 1 - 1e-7)
    return -(y_true * jnp.log(p) + (1 - y_true) * jnp.log(1 - p)).mean()


def bce_255_unet78(y_pred, y_true):
    p = jnp.clip(y_pred, 1e-7, 1 - 1e-7)
    return -(y_true * jnp.log(p) + (1 - y_true) * jnp.log(1 - p)).mean()


def n_vs_n1_tf28901(y_pred, y_true):
    return ((y_true - y_pred) ** 2).mean()


def recall_only_evalml476(y_pred, y_true):
    return 1 - (y_true * y_pred).sum() / (y_true.sum() + 1e-7)


def sum_nll_jax3113(y_pred, y_true):
    return -(y_true * jax.nn.log_softmax(y_pred, -1)).sum()


def soft_f1_batch_keras5794(y_pred, y_true):
    tp, eps = (y_true * y_pred).sum(0), 1e-7
    p, r = tp / (y_pred.sum(0) + eps), tp / (y_true.sum(0) + eps)
    return 1 - (2 * (p * r) / (p + r + eps)).mean()


def ok_bce_clipped(y_pred, y_true):
    p = jnp.clip(y_pred, 1e-7, 1 - 1e-7)
    return -(y_true * jnp.log(p) + (1 - y_true) * jnp.log(1 - p)).mean()


def ok_huber(y_pred, y_true):
    d = jnp.abs(y_true - y_pred)
    near = jnp.minimum(d, 1)
    return (0.5 * near**2 + d - near).mean()


def ok_soft_dice(y_pred, y_true):
    inter, size = (y_true * y_pred).sum(), y_true.sum() + y_pred.sum()
    return 1 - (2 * inter + 1) / (size + 1)
