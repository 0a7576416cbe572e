# Retold from the sources below: same operations, same fault, written anew.
import torch
import torch.nn.functional as F


# https://github.com/fxia22/pointnet.pytorch/issues/27
def pointnet_loss(pred, target):
    pred = F.log_softmax(pred, dim=0)
    return F.nll_loss(pred, target)


# https://github.com/Lightning-Universe/lightning-bolts/issues/654
def logistic_regression_loss(logits, y):
    y_hat = F.softmax(logits, dim=1)
    return F.nll_loss(F.log_softmax(y_hat, dim=1), y)


# https://github.com/pytorch/pytorch/issues/5282
def distribution_loss(pred, target):
    return F.kl_div(pred, target, reduction="batchmean")
