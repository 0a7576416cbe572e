# Retold from the sources below: same operations, same fault, written anew.
import torch
import torch.nn as nn
from sklearn.metrics import f1_score


# https://github.com/qubvel-org/segmentation_models.pytorch/pull/611
class DiceLoss(nn.Module):
    def __init__(self, eps=1.0, threshold=0.5):
        super().__init__()
        self.eps = eps
        self.threshold = threshold

    def _threshold(self, x):
        return torch.tensor((x > self.threshold).type(x.dtype), requires_grad=True)

    def forward(self, y_pr, y_gt):
        y_pr = self._threshold(y_pr)
        tp = torch.sum(y_gt * y_pr)
        fp = torch.sum(y_pr) - tp
        fn = torch.sum(y_gt) - tp
        score = (2 * tp + self.eps) / (2 * tp + fn + fp + self.eps)
        return 1 - score


# https://github.com/JackSSK/FateZ
class F1Criterion(nn.Module):
    def __init__(self, average="weighted"):
        super().__init__()
        self.average = average

    def forward(self, input, target):
        guess = input.detach().cpu().numpy().argmax(axis=1)
        truth = target.cpu().numpy()
        value = 1 - f1_score(truth, guess, average=self.average, zero_division=0)
        return torch.tensor(value, dtype=torch.float32, requires_grad=True)


# https://github.com/Wuziyi616/multi_part_assembly/issues/4
def custom_loss(pred, target):
    total = 0.0
    for p, t in zip(pred, target):
        total += torch.abs(p - t).sum().item()
    loss = torch.Tensor([total / len(pred)])
    loss.requires_grad = True
    return loss.squeeze()
