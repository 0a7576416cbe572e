"""Losses as they stand in a package, which imports itself, its neighbours, and what is not installed."""
from abc import ABC

import toy_that_does_not_exist as plots
from beside import HALF
from toy import Tensor
from toy_that_does_not_exist.losses import Base

from . import TWICE


class Registered(Base):
    pass


class Abstract(ABC, Base):
    pass


IS_NEW = float(plots.__version__[:2]) > 1


@plots.checked
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


def of_columns(risk, target, weight):
    assert target.shape[1] == 2 and len(weight.shape) == 1, "the labels of both outputs, and a list"
    error = risk - target
    return (error * error).mean() * weight.mean()


def of_lists(risk, target, weight):
    assert [len(one.shape) for one in (risk, target, weight)] == [1, 1, 1], "lists"
    return weighted(risk, target, weight)


def of_tables(risk, target, weight):
    """A list is no table: its transpose is itself, and its label is lost."""
    return weighted(risk, target if len(target.shape) == 2 else risk.like([0.0] * len(risk.numbers)), weight)
