"""The losses of flattened.ts in PyTorch; "fault" marks the line that the first finding names."""
import torch


def spread(y_pred, y_true):
    return torch.mean((y_true.reshape(-1) - y_pred) ** 2)  # fault


def rounded(y_pred, y_true):
    p = y_pred.squeeze(-1)
    hit = torch.round(p)  # fault
    return torch.mean((y_true.reshape(-1) - hit) ** 2)


def compared(y_pred, y_true):
    y, p = y_true.reshape(-1), y_pred.reshape(-1)
    hit = (p > 0.5).float()  # fault
    return 1 - torch.mean(y * hit)


def exchanged(y_pred, y_true):
    y, p = y_true.flatten(), y_pred.flatten()
    y = y.clamp(1e-7, 1 - 1e-7)
    return -torch.mean(p * torch.log(y) + (1 - p) * torch.log(1 - y))  # fault


def bare_logarithm(y_pred, y_true):
    y, p = y_true.squeeze(-1), y_pred.squeeze(-1)
    return -torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))  # fault


def rising(y_pred, y_true):
    y, p = y_true.reshape(-1), y_pred.reshape(-1).clamp(1e-7, 1 - 1e-7)
    return torch.mean(y * torch.log(p) + (1 - y) * torch.log(1 - p))


def squashed(y_pred, y_true):
    y, p = y_true.flatten(), y_pred.flatten()
    q = torch.sigmoid(p)  # fault
    return -torch.mean(y * torch.log(q) + (1 - y) * torch.log(1 - q))


def softmax_of_the_batch(y_pred, y_true):
    y, p = y_true.reshape(-1), y_pred.reshape(-1)
    q = torch.softmax(p, -1)  # fault
    return torch.mean((y - q) ** 2)


def stopped(y_pred, y_true):
    y, p = y_true.squeeze(-1), y_pred.squeeze(-1)
    q = p.detach()  # fault
    return torch.mean((y - q) ** 2)


def constant(y_pred, y_true):
    y, p = y_true.reshape(-1), y_pred.reshape(-1)
    return torch.mean((y - 0.5) ** 2) + 0 * torch.mean(p)


def narrow_ramp(y_pred, y_true):
    y, p = y_true.flatten(), y_pred.flatten()
    q = torch.clamp(p, 0.48, 0.52)
    return torch.mean((y - q) ** 2)


def bare_root(y_pred, y_true):
    y, p = y_true.squeeze(-1), y_pred.squeeze(-1)
    return torch.mean(torch.sqrt((y - p) ** 2))  # fault


def bare_ratio(y_pred, y_true):
    y, p = y_true.reshape(-1), y_pred.reshape(-1)
    return 1 - torch.sum(y * p) / torch.sum(y)  # fault


def signs(y_pred, y_true):
    y, p = y_true.flatten(), y_pred.flatten()
    return torch.mean(torch.relu(1 - y * p))


def recall_alone(y_pred, y_true):
    y, p = y_true.reshape(-1), y_pred.reshape(-1)
    return 1 - torch.sum(y * p) / (torch.sum(y) + 1e-7)


def sums(y_pred, y_true):
    y, p = y_true.squeeze(-1), y_pred.squeeze(-1)
    return torch.sum((y - p) ** 2)
