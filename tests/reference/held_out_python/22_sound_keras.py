# Published losses, written anew from the sources below.
import keras
from keras import ops


# https://github.com/umbertogriffo/focal-loss-keras/issues/12
def binary_focal_loss(gamma=2.0, alpha=0.25):
    def focal(y_true, y_pred):
        epsilon = keras.config.epsilon()
        y_pred = ops.clip(y_pred, epsilon, 1.0 - epsilon)
        p_t = ops.where(ops.equal(y_true, 1), y_pred, 1 - y_pred)
        alpha_t = ops.where(ops.equal(y_true, 1), alpha * ops.ones_like(y_pred), (1 - alpha) * ops.ones_like(y_pred))
        return ops.mean(-alpha_t * ops.power(1 - p_t, gamma) * ops.log(p_t))

    return focal


# https://arxiv.org/abs/1706.05721
def tversky_loss(y_true, y_pred, alpha=0.3, beta=0.7, smooth=1.0):
    tp = ops.sum(y_true * y_pred)
    fp = ops.sum((1 - y_true) * y_pred)
    fn = ops.sum(y_true * (1 - y_pred))
    return 1 - (tp + smooth) / (tp + alpha * fp + beta * fn + smooth)


# https://openreview.net/forum?id=rkglvsC9Ym
def log_cosh(y_true, y_pred):
    x = y_pred - y_true
    return ops.mean(x + ops.softplus(-2.0 * x) - 0.6931472, axis=-1)


# https://keras.io/api/losses/hinge_losses/ (labels: minus 1 and 1)
def squared_hinge(y_true, y_pred):
    return ops.mean(ops.square(ops.maximum(1.0 - y_true * y_pred, 0.0)), axis=-1)


# https://github.com/keras-team/keras-contrib/issues/280 (labels: minus 1 and 1)
def wasserstein_loss(y_true, y_pred):
    return ops.mean(y_true * y_pred)


# https://www.kaggle.com/rejpalcz/best-loss-function-for-f1-score-metric
def f1_loss(y_true, y_pred):
    tp = ops.sum(y_true * y_pred, axis=0)
    fp = ops.sum((1 - y_true) * y_pred, axis=0)
    fn = ops.sum(y_true * (1 - y_pred), axis=0)
    p = tp / (tp + fp + keras.config.epsilon())
    r = tp / (tp + fn + keras.config.epsilon())
    f1 = 2 * p * r / (p + r + keras.config.epsilon())
    return 1 - ops.mean(f1)


# https://github.com/keras-team/keras-contrib/issues/329
def jaccard_distance_loss(y_true, y_pred, smooth=100):
    intersection = ops.sum(ops.abs(y_true * y_pred), axis=-1)
    total = ops.sum(ops.abs(y_true) + ops.abs(y_pred), axis=-1)
    jac = (intersection + smooth) / (total - intersection + smooth)
    return (1 - jac) * smooth
