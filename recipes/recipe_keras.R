# Keras 3 in R:  model |> compile("adam", loss = f_beta_loss(beta = 0.5))
# beta = 0 is precision, 1 is F1, Inf is recall. Labels: matrix(y); the last layer: a sigmoid.
library(keras3)

f_beta_loss <- function(beta = 1, slope = 4, threshold = 0.5, straight_through = FALSE) {
  t <- threshold; c <- t * (1 - t); m <- 2 * slope * c - 1
  k <- (m + sqrt(m^2 + 4 * c * (slope - 1))) / (2 * c)
  miss <- 1 - 1 / (1 + beta^2)  # cost of a false negative; a false positive costs the rest
  function(y_true, y_pred) {
    y <- op_reshape(op_cast(y_true, y_pred$dtype), -1L); p <- op_reshape(y_pred, -1L)
    d <- 1 + k * op_where(p > t, p - t, t - p)
    above <- slope * (1 - p) / ((1 + k * (1 - t)) * d); below <- slope * p / ((1 + k * t) * d)
    s <- op_where(p > t, 1 - above, below)  # a softsign: 0 at p = 0, 1 at p = 1
    if (straight_through)  # the decisions of the metric with the gradient of the softsign
      s <- op_cast(p > t, s$dtype) + (s - op_stop_gradient(s))
    tp <- op_sum(y * s); fp <- op_sum((1 - y) * s); fn <- op_sum(y * (1 - s))
    n <- tp + miss * fn + (1 - miss) * fp
    1 - op_where(n == 0, 0, tp / op_where(n == 0, 1, n))
  }
}
