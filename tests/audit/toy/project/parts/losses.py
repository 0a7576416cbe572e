"""Losses as they stand in a package, which imports itself, its neighbours, and what is not installed."""
import toy_that_does_not_exist as plots
from beside import HALF
from toy import Tensor
from toy_that_does_not_exist.losses import Base

from . import TWICE


class Registered(Base):
    pass


def scaled(pred, target):
    return ((pred - target) * (pred - target)).mean() * (HALF * TWICE)


def drawn(pred, target):
    plots.draw(pred)
    return scaled(pred, target)


def by_default(factor=1.0):
    def loss(pred, target):
        return scaled(pred, target) * factor
    return loss


def of_images(pred, target):
    batch, height, width, channels = pred.shape
    assert height == width == 4 and batch == channels == 1, "4 by 4 pixels"
    return scaled(pred, target)


def on_gpu(pred, target):
    if getattr(Tensor, "on_gpu", True):
        raise RuntimeError("Found no NVIDIA driver")
    return scaled(pred, target)


def weighted(risk, target, weight):
    error = risk - target
    return (error * error * weight).mean()
