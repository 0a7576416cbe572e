# Retold from the sources below: same operations, same fault, written anew.
import torch
import torch.nn as nn
import torch.nn.functional as F


# https://github.com/itakurah/focal-loss-pytorch/pull/5
class BinaryFocalLoss(nn.Module):
    def __init__(self, gamma=2, alpha=0.25):
        super().__init__()
        self.gamma = gamma
        self.alpha = alpha

    def forward(self, inputs, targets):
        probs = torch.sigmoid(inputs)
        targets = targets.float()
        bce_loss = F.binary_cross_entropy_with_logits(probs, targets, reduction="none")
        p_t = probs * targets + (1 - probs) * (1 - targets)
        alpha_t = self.alpha * targets + (1 - self.alpha) * (1 - targets)
        return (alpha_t * (1 - p_t) ** self.gamma * bce_loss).mean()


# https://github.com/kaidic/LDAM-DRW/issues/6
class FocalLoss(nn.Module):
    def __init__(self, gamma=2.0):
        super().__init__()
        self.gamma = gamma

    def forward(self, input, target):
        ce = F.cross_entropy(input, target)
        p = torch.exp(-ce)
        loss = (1 - p) ** self.gamma * ce
        return loss.mean()


# https://whosebug.com/question/6560032/Is-this-custom-PyTorch-loss-function-differentiable
class CornerFocalLoss(nn.Module):
    def forward(self, pred, gt):
        pos_inds = gt.eq(1).float()
        neg_inds = gt.lt(1).float()
        neg_weights = torch.pow(1 - gt, 4)
        pos = (torch.log(pred) * torch.pow(1 - pred, 2) * pos_inds).sum()
        neg = (torch.log(1 - pred) * torch.pow(pred, 2) * neg_weights * neg_inds).sum()
        num_pos = pos_inds.sum()
        if num_pos == 0:
            return -neg
        return -(pos + neg) / num_pos
