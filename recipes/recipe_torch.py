"""PyTorch:  loss = f_beta_loss(beta=0.5);  loss(y, torch.sigmoid(model(x))).backward()
beta=0 is precision, 1 is F1, inf is recall. Batches need positives."""
import torch


def f_beta_loss(beta=1.0, slope=4.0, threshold=0.5, straight_through=False):
    t, c = threshold, threshold * (1 - threshold)
    m = 2 * slope * c - 1
    k = (m + (m * m + 4 * c * (slope - 1)) ** 0.5) / (2 * c)
    miss = 1 - 1 / (1 + beta**2)  # cost of a false negative; a false positive costs the rest

    def loss(y_true, y_pred):
        y, p = y_true.reshape(-1).to(y_pred.dtype), y_pred.reshape(-1)
        d = 1 + k * torch.where(p > t, p - t, t - p)
        above, below = slope * (1 - p) / ((1 + k * (1 - t)) * d), slope * p / ((1 + k * t) * d)
        s = torch.where(p > t, 1 - above, below)  # a softsign: 0 at p = 0, 1 at p = 1
        if straight_through:  # the decisions of the metric with the gradient of the softsign
            s = (p > t).to(s.dtype) + (s - s.detach())
        tp, fp, fn = (y * s).sum(), ((1 - y) * s).sum(), (y * (1 - s)).sum()
        n = tp + miss * fn + (1 - miss) * fp
        return 1 - torch.where(n == 0, 0.0, tp / torch.where(n == 0, 1.0, n))

    return loss
