# Losses in R of the toy framework's tensors.
squared <- function(y_true, y_pred) {
  e <- y_pred - y_true
  print("printed by R")
  (e * e)$mean()
}

rounded <- function(y_true, y_pred) {
  e <- y_true -
    y_pred$round()
  (e * e)$mean()
}

with_three <- function(y_true, y_pred, weight) y_pred$mean()

raises <- function(y_true, y_pred) stop("no such thing")

slope <- 3

with_points <- function(y.true, y.pred, factor = 1) (y.true - y.pred)$mean() * factor

alone <- function(y.pred, factor = 2) y.pred$mean() * factor
