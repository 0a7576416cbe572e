# Published losses, written anew from the sources below.
import jax
import jax.numpy as jnp


# https://arxiv.org/abs/1708.02002
def focal_loss(y_true, y_pred):
    log_true = jax.nn.log_sigmoid(y_pred)
    log_false = jax.nn.log_sigmoid(-y_pred)
    bce = -(y_true * log_true + (1 - y_true) * log_false)
    return jnp.mean(bce * (1 - jnp.exp(-bce)) ** 2)


# https://arxiv.org/abs/1606.04797
def dice_bce_loss(logits, targets, smooth=1e-7):
    pred = jax.nn.sigmoid(logits).ravel()
    true = targets.ravel()
    dice = 1 - (2 * jnp.sum(pred * true) + smooth) / (jnp.sum(pred) + jnp.sum(true) + smooth)
    bce = jnp.mean(-true * jax.nn.log_sigmoid(logits.ravel()) - (1 - true) * jax.nn.log_sigmoid(-logits.ravel()))
    return dice + bce


# https://doi.org/10.2307/1913643
def pinball(preds, targets, q=0.2):
    err = targets - preds
    return jnp.mean(jnp.maximum(q * err, (q - 1) * err))


# https://arxiv.org/abs/2204.12511
def poly_loss(logits, labels, epsilon=1.0):
    log_p = jax.nn.log_softmax(logits, axis=-1)
    ce = -jnp.sum(labels * log_p, axis=-1)
    p_t = jnp.sum(labels * jnp.exp(log_p), axis=-1)
    return jnp.mean(ce + epsilon * (1 - p_t))


# https://arxiv.org/abs/1312.6114 (outputs: mean and log variance)
def kl_to_standard_normal(preds, labels=None):
    mu, logvar = jnp.split(preds, 2, axis=-1)
    return jnp.mean(-0.5 * jnp.sum(1 + logvar - mu**2 - jnp.exp(logvar), axis=-1))


# https://doi.org/10.1109/ICIP.1994.413553
def charbonnier(preds, targets, eps=1e-3):
    return jnp.mean(jnp.sqrt((preds - targets) ** 2 + eps**2))
