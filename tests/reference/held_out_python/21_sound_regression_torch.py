# Published losses, written anew from the sources below.
import math

import torch
import torch.nn.functional as F


# https://github.com/sktime/pytorch-forecasting/pull/740
def pinball_loss(y_pred, target, q=0.9):
    errors = target - y_pred
    return torch.max((q - 1) * errors, q * errors).mean()


# https://projecteuclid.org/euclid.aoms/1177703732
def huber_loss(pred, target, delta=1.0):
    err = torch.abs(pred - target)
    quadratic = 0.5 * err**2
    linear = delta * (err - 0.5 * delta)
    return torch.where(err <= delta, quadratic, linear).mean()


# https://arxiv.org/abs/1902.09630 (boxes: centre, width and height)
def giou_loss(pred, target):
    p1, p2 = pred[:, :2] - pred[:, 2:] / 2, pred[:, :2] + pred[:, 2:] / 2
    t1, t2 = target[:, :2] - target[:, 2:] / 2, target[:, :2] + target[:, 2:] / 2
    wh = (torch.min(p2, t2) - torch.max(p1, t1)).clamp(min=0)
    inter = wh[:, 0] * wh[:, 1]
    union = pred[:, 2] * pred[:, 3] + target[:, 2] * target[:, 3] - inter + 1e-7
    hull = torch.max(p2, t2) - torch.min(p1, t1)
    enclosing = hull[:, 0] * hull[:, 1] + 1e-7
    giou = inter / union - (enclosing - union) / enclosing
    return (1 - giou).mean()


# https://doi.org/10.1198/016214506000001437 (outputs: mean and log deviation)
def crps_gaussian(pred, target):
    mu, sigma = pred[:, 0], torch.exp(pred[:, 1])
    y = target.reshape(target.shape[0], -1)[:, 0]
    z = (y - mu) / sigma
    pdf = torch.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)
    cdf = 0.5 * (1 + torch.erf(z / math.sqrt(2)))
    return (sigma * (z * (2 * cdf - 1) + 2 * pdf - 1 / math.sqrt(math.pi))).mean()


# https://arxiv.org/abs/2002.05709 (outputs: two views side by side)
def nt_xent(embeddings, labels=None, temperature=0.5):
    a, b = embeddings.chunk(2, dim=1)
    z = F.normalize(torch.cat([a, b]), dim=1)
    n = len(a)
    sim = z @ z.t() / temperature
    sim = sim.masked_fill(torch.eye(2 * n, dtype=torch.bool), float("-inf"))
    partner = torch.arange(2 * n).roll(n)
    return F.cross_entropy(sim, partner)


# https://doi.org/10.1186/s12874-018-0482-1 (labels: time and event)
def cox_partial_likelihood(log_h, target):
    durations, events = target[:, 0], target[:, 1]
    order = torch.argsort(durations, descending=True)
    log_h, events = log_h.reshape(-1)[order], events[order]
    log_risk = torch.logcumsumexp(log_h, dim=0)
    return -((log_h - log_risk) * events).sum() / (events.sum() + 1e-7)
