"""Losses and what stands beside them in a file."""


def error(pred, target):
    return ((pred - target) * (pred - target)).mean()


def size_loss(embeddings):
    return (embeddings * embeddings).mean()


def weighted_loss(gamma):
    return lambda pred, target: error(pred, target) * gamma


def helper(text):
    return text


class Model:
    def forward(self, x):
        return x


class PowerLoss:
    def forward(self, a, b):
        return error(a, b)

    __call__ = forward


class Error(PowerLoss):
    pass
