# The two losses of the question, Stack Overflow 48356029, in R and Keras 3: the operations of the asker, one by one.
keras <- reticulate::import("keras")
K <- keras$ops
epsilon <- 1e-7

precision <- function(y_pred, y_true) {
  tp <- K$sum(K$clip(y_true * y_pred, 0, 1))
  fp <- K$sum(K$clip((1 - y_true) * y_pred, 0, 1))
  tp / (tp + fp + epsilon)
}

precision_loss <- function(y_true, y_pred) {
  y_pred_binary <- K$round(K$clip(y_pred, 0, 1))
  y_true_binary <- K$round(K$clip(y_true, 0, 1))
  1 - precision(y_pred_binary, y_true_binary)
}

custom_sigmoid <- function(v) {
  K$maximum(0, K$minimum(1, (v + 0.0625) / 0.125))
}

precision_loss_ramp <- function(y_true, y_pred) {
  y_pred_ramp <- custom_sigmoid(K$clip(y_pred, 0, 1))
  y_true_ramp <- custom_sigmoid(K$clip(y_true, 0, 1))
  1 - precision(y_pred_ramp, y_true_ramp)
}
