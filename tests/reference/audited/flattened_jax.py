"""The losses of flattened.ts in JAX; "fault" marks the line that the first finding names."""
import jax
import jax.numpy as jnp


def spread(y_pred, y_true):
    return jnp.mean((y_true.reshape(-1) - y_pred) ** 2)  # fault


def rounded(y_pred, y_true):
    p = jnp.squeeze(y_pred, -1)
    hit = jnp.round(p)  # fault
    return jnp.mean((y_true.reshape(-1) - hit) ** 2)


def compared(y_pred, y_true):
    y, p = y_true.reshape(-1), y_pred.reshape(-1)
    hit = (p > 0.5).astype(float)  # fault
    return 1 - jnp.mean(y * hit)


def exchanged(y_pred, y_true):
    y, p = y_true.ravel(), y_pred.ravel()
    y = jnp.clip(y, 1e-7, 1 - 1e-7)
    return -jnp.mean(p * jnp.log(y) + (1 - p) * jnp.log(1 - y))  # fault


def bare_logarithm(y_pred, y_true):
    y, p = jnp.squeeze(y_true, -1), jnp.squeeze(y_pred, -1)
    return -jnp.mean(y * jnp.log(p) + (1 - y) * jnp.log(1 - p))  # fault


def rising(y_pred, y_true):
    y, p = y_true.reshape(-1), jnp.clip(y_pred.reshape(-1), 1e-7, 1 - 1e-7)
    return jnp.mean(y * jnp.log(p) + (1 - y) * jnp.log(1 - p))


def squashed(y_pred, y_true):
    y, p = y_true.ravel(), y_pred.ravel()
    q = jax.nn.sigmoid(p)  # fault
    return -jnp.mean(y * jnp.log(q) + (1 - y) * jnp.log(1 - q))


def softmax_of_the_batch(y_pred, y_true):
    y, p = y_true.reshape(-1), y_pred.reshape(-1)
    q = jax.nn.softmax(p, axis=-1)  # fault
    return jnp.mean((y - q) ** 2)


def stopped(y_pred, y_true):
    y, p = jnp.squeeze(y_true, -1), jnp.squeeze(y_pred, -1)
    q = jax.lax.stop_gradient(p)  # fault
    return jnp.mean((y - q) ** 2)


def constant(y_pred, y_true):
    y, p = y_true.reshape(-1), y_pred.reshape(-1)
    return jnp.mean((y - 0.5) ** 2) + 0 * jnp.mean(p)


def narrow_ramp(y_pred, y_true):
    y, p = y_true.ravel(), y_pred.ravel()
    q = jnp.clip(p, 0.48, 0.52)
    return jnp.mean((y - q) ** 2)


def bare_root(y_pred, y_true):
    y, p = jnp.squeeze(y_true, -1), jnp.squeeze(y_pred, -1)
    return jnp.mean(jnp.sqrt((y - p) ** 2))  # fault


def bare_ratio(y_pred, y_true):
    y, p = y_true.reshape(-1), y_pred.reshape(-1)
    return 1 - jnp.sum(y * p) / jnp.sum(y)  # fault


def signs(y_pred, y_true):
    y, p = y_true.ravel(), y_pred.ravel()
    return jnp.mean(jax.nn.relu(1 - y * p))


def recall_alone(y_pred, y_true):
    y, p = y_true.reshape(-1), y_pred.reshape(-1)
    return 1 - jnp.sum(y * p) / (jnp.sum(y) + 1e-7)


def sums(y_pred, y_true):
    y, p = jnp.squeeze(y_true, -1), jnp.squeeze(y_pred, -1)
    return jnp.sum((y - p) ** 2)
