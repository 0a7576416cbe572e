# Published losses, written anew from the sources below.
import tensorflow as tf


# https://stackoverflow.com/questions/46355068/keras-loss-function-for-360-degree-prediction
def mean_squared_error_360(y_true, y_pred):
    straight = tf.abs(y_pred - y_true)
    up = tf.abs(y_pred - (360 + y_true))
    down = tf.abs(y_true - (360 + y_pred))
    delta = tf.minimum(tf.minimum(straight, up), down)
    return tf.reduce_mean(tf.square(delta), axis=-1)


# https://github.com/RaptorMai/Deep-AutoEncoder-Recommendation/issues/9 (a label of 0 is a missing rating)
def masked_mse(y_true, y_pred):
    mask = tf.cast(tf.not_equal(y_true, 0), tf.float32)
    error = tf.square(mask * (y_true - y_pred))
    return tf.reduce_sum(error, axis=-1) / tf.maximum(tf.reduce_sum(mask, axis=-1), 1)


# https://campus.datacamp.com/courses/machine-learning-for-finance-in-python
def sign_penalty(y_true, y_pred):
    penalty = 10.0
    wrong = tf.less(y_true * y_pred, 0)
    loss = tf.where(wrong, penalty * tf.square(y_true - y_pred), tf.square(y_true - y_pred))
    return tf.reduce_mean(loss, axis=-1)


# https://arxiv.org/abs/1612.01474 (outputs: mean and log variance)
def gaussian_nll(y_true, y_pred):
    mu, log_var = y_pred[:, :1], y_pred[:, 1:]
    y = y_true[:, :1]
    return tf.reduce_mean(0.5 * (log_var + tf.square(y - mu) * tf.exp(-log_var)))


# https://arxiv.org/abs/1703.07737
def batch_hard_triplet(labels, embeddings, margin=0.3):
    labels = tf.cast(tf.reshape(labels, [-1]), tf.int32)
    gap = embeddings[:, None, :] - embeddings[None, :, :]
    dist = tf.sqrt(tf.reduce_sum(tf.square(gap), axis=-1) + 1e-12)
    same = tf.cast(labels[:, None] == labels[None, :], tf.float32)
    hardest_positive = tf.reduce_max(dist * same, axis=1)
    farthest = tf.reduce_max(dist, axis=1, keepdims=True)
    hardest_negative = tf.reduce_min(dist + farthest * same, axis=1)
    return tf.reduce_mean(tf.maximum(hardest_positive - hardest_negative + margin, 0.0))


# https://github.com/keras-team/keras/issues/7119 (outputs: distances; a label of 1 is a pair of the same class)
def contrastive_loss(y_true, y_pred, margin=1.0):
    close = y_true * tf.square(y_pred)
    apart = (1 - y_true) * tf.square(tf.maximum(margin - y_pred, 0))
    return tf.reduce_mean(close + apart)
