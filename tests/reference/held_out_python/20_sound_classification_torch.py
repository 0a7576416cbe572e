# Published losses, written anew from the sources below.
import torch
import torch.nn as nn
import torch.nn.functional as F


# https://arxiv.org/abs/1708.02002
class SigmoidFocalLoss(nn.Module):
    def __init__(self, alpha=0.25, gamma=2.0):
        super().__init__()
        self.alpha = alpha
        self.gamma = gamma

    def forward(self, inputs, targets):
        p = torch.sigmoid(inputs)
        ce = F.binary_cross_entropy_with_logits(inputs, targets, reduction="none")
        p_t = p * targets + (1 - p) * (1 - targets)
        alpha_t = self.alpha * targets + (1 - self.alpha) * (1 - targets)
        return (alpha_t * ce * (1 - p_t) ** self.gamma).mean()


# https://maxim.bonnaerens.com/mlrf/dice_loss
def dice_loss(input, target, smooth=1.0):
    iflat, tflat = input.reshape(-1), target.reshape(-1)
    overlap = (iflat * tflat).sum()
    return 1 - (2.0 * overlap + smooth) / (iflat.sum() + tflat.sum() + smooth)


# https://arxiv.org/abs/1705.08790
def lovasz_hinge(logits, labels):
    logits, labels = logits.reshape(-1), labels.reshape(-1)
    signs = 2.0 * labels - 1.0
    errors = 1.0 - logits * signs
    sorted_errors, order = torch.sort(errors, descending=True)
    gt = labels[order]
    total = gt.sum()
    inter = total - gt.cumsum(0)
    union = total + (1.0 - gt).cumsum(0)
    jaccard = 1.0 - inter / union
    steps = torch.cat([jaccard[:1], jaccard[1:] - jaccard[:-1]])
    return torch.dot(F.relu(sorted_errors), steps)


# https://arxiv.org/abs/1512.00567
class LabelSmoothingCrossEntropy(nn.Module):
    def __init__(self, eps=0.1):
        super().__init__()
        self.eps = eps

    def forward(self, output, target):
        log_p = F.log_softmax(output, dim=-1)
        nll = F.nll_loss(log_p, target)
        return (1 - self.eps) * nll - self.eps * log_p.mean(dim=-1).mean()


# https://arxiv.org/abs/1503.02531
def distillation_loss(logits, target):
    return F.kl_div(F.log_softmax(logits, dim=1), target, reduction="batchmean")


# https://arxiv.org/abs/1901.07884
def coral_loss(logits, levels):
    positive = F.logsigmoid(logits) * levels
    negative = (F.logsigmoid(logits) - logits) * (1 - levels)
    return torch.mean(-torch.sum(positive + negative, dim=1))


# https://arxiv.org/abs/1801.07698 (outputs: cosines of the angles to the class centres)
class ArcMarginLoss(nn.Module):
    def __init__(self, s=30.0, m=0.5):
        super().__init__()
        self.s = s
        self.m = m

    def forward(self, cosine, label):
        cosine = cosine.clamp(-1 + 1e-7, 1 - 1e-7)
        theta = torch.acos(cosine)
        one_hot = F.one_hot(label, cosine.shape[1]).to(cosine.dtype)
        logits = self.s * torch.cos(theta + self.m * one_hot)
        return F.cross_entropy(logits, label)


# https://discuss.pytorch.org/t/differentiable-auc-proxy-loss-functions/111233
def pairwise_auc_loss(y_pred, y_true):
    scores, labels = y_pred.reshape(-1), y_true.reshape(-1)
    pos, neg = scores[labels == 1], scores[labels == 0]
    if len(pos) == 0 or len(neg) == 0:
        return scores.sum() * 0
    return F.softplus(-(pos[:, None] - neg[None, :])).mean()
