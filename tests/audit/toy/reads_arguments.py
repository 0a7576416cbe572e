import argparse

import toy

factor = 2
parser = argparse.ArgumentParser()
parser.add_argument("data")
arguments = parser.parse_args()
factor = 3


def squared(pred, target):
    return ((pred - target) * (pred - target)).mean() * factor


def of_arguments(pred, target):
    return squared(pred, target) * len(arguments.data)


class Trainer:
    loss = staticmethod(squared)


Trainer().train(toy)
