# Retold from the sources below: same operations, same fault, written anew.
import jax
import jax.numpy as jnp


# https://github.com/google-deepmind/dm-haiku/issues/442
def zero_one(logits, labels):
    preds = jnp.argmax(logits, axis=-1)
    return jnp.mean((preds != labels).astype(jnp.float32))


# https://github.com/google-deepmind/optax/issues/1267
def sigmoid_focal_loss(logits, labels, gamma=0.0):
    p = jax.nn.sigmoid(logits)
    ce = -labels * jax.nn.log_sigmoid(logits) - (1 - labels) * jax.nn.log_sigmoid(-logits)
    p_t = p * labels + (1 - p) * (1 - labels)
    return jnp.mean(ce * jnp.power(1 - p_t, gamma))


# https://github.com/jax-ml/jax/issues/5798
def capped_square(preds, targets):
    sq = (preds - targets) ** 2
    return jnp.mean(jnp.where(sq < 1.0, sq, jnp.sqrt(sq)))


# https://github.com/jax-ml/jax/issues/4177
def squared_2_norm(preds, targets):
    return jnp.mean(jax.vmap(lambda d: jnp.linalg.norm(d) ** 2)(preds - targets))


# https://github.com/jax-ml/jax/issues/2697
def mse_loss(preds, targets):
    preds = preds.reshape(-1, 1)
    targets = targets.reshape(-1)
    return jnp.mean((preds - targets) ** 2)


# https://github.com/google-deepmind/optax/issues/18 (the network ends without LogSoftmax)
def mnist_loss(preds, targets):
    return -jnp.mean(jnp.sum(preds * targets, axis=1))


# https://github.com/scikit-learn/scikit-learn/issues/6076
def quantile_loss(pred, y, alpha=0.9):
    diff = y - pred
    above = jnp.where(y > pred, alpha * diff, 0.0)
    below = jnp.where(y > pred, 0.0, (1.0 - alpha) * diff)
    return jnp.mean(above + below)


# https://apxml.com/courses/getting-started-with-jax/chapter-3-automatic-differentiation-grad/grad-limitations
def cast_and_square(pred, target):
    y = pred.astype(jnp.int32)
    return jnp.mean((y - target) ** 2)
