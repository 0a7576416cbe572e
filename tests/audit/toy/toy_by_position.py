"""The toy framework, whose training calls a loss with (y_true, y_pred), whatever its parameters are called."""
import toy


class Framework(toy.Framework):
    order, by_position = "true,pred", True
