"""The recipe for many processes: train on precision, recall or Fβ with PyTorch's DistributedDataParallel.

    loss = f_beta_loss(beta=1.0)                  # in every process, on its own rows
    loss(y, model(x)).backward()                  # model is wrapped in DDP; every process has the gradient of all rows

A score of all rows is not the mean of the scores of the shards, and DDP takes the mean. The five lines of `all_sum` and
`AllSum` add up the counts of all processes first, and hand the gradient back to each of them. DDP then divides the sum of the
processes' gradients by their number; AllSum's backward pass has multiplied it by that number, so the two cancel.

`two_pass_backward` is the form in the memory of a batch: the counts of all batches of all processes, then the gradients. The
processes may have different numbers of batches. The model is a plain module there, not DDP. In a single process it is the cure
for gradient accumulation, which takes the mean of the batches' losses otherwise.
"""

import torch
import torch.distributed as dist


def all_sum(x):
    if dist.is_initialized(): dist.all_reduce(x := x.clone())
    return x


class AllSum(torch.autograd.Function):
    forward, backward = staticmethod(lambda ctx, x: all_sum(x)), staticmethod(lambda ctx, g: all_sum(g))


def soft_counts(y, p, slope=4.0, threshold=0.5):
    """tp, fp and fn under a softsign in the place of rounding: 0 at 0, 1 at 1, and the given slope at the threshold."""
    t, c, m = threshold, threshold * (1 - threshold), 2 * slope * threshold * (1 - threshold) - 1
    k = (m + (m * m + 4 * c * (slope - 1)) ** 0.5) / (2 * c)
    y, p = y.reshape(-1).to(p.dtype), p.reshape(-1)
    d = 1 + k * torch.where(p > t, p - t, t - p)
    s = torch.where(p > t, 1 - slope * (1 - p) / ((1 + k * (1 - t)) * d), slope * p / ((1 + k * t) * d))
    return torch.stack([(y * s).sum(), ((1 - y) * s).sum(), (y * (1 - s)).sum()])


def f_beta_of(counts, beta=1.0):
    """1 − Fβ of the counts; 1, with a gradient of 0, where the score is 0/0."""
    tp, fp, fn = counts
    miss = 1 - 1 / (1 + beta**2)
    n = tp + miss * fn + (1 - miss) * fp
    return 1 - torch.where(n == 0, torch.zeros_like(n), tp / torch.where(n == 0, torch.ones_like(n), n))


def f_beta_loss(beta=1.0, slope=4.0, threshold=0.5):
    """The loss of the rows of all processes. Every process gets the same number."""
    return lambda y, p: f_beta_of(AllSum.apply(soft_counts(y, p, slope, threshold)), beta)


def two_pass_backward(model, batches, beta=1.0, slope=4.0, threshold=0.5):
    """Adds the gradient of the loss of all batches of all processes to the parameters' `grad`, and returns the loss.

    `batches` is a function that returns an iterable of (x, y), the same ones twice; a process may have none.
    """
    like = next(model.parameters())
    with torch.no_grad():
        own = sum((soft_counts(y, model(x), slope, threshold) for x, y in batches()), start=like.new_zeros(3))
    counts = all_sum(own).requires_grad_()
    loss = f_beta_of(counts, beta)
    (by_count,) = torch.autograd.grad(loss, counts)
    before = [None if p.grad is None else p.grad.clone() for p in model.parameters()]
    model.zero_grad(set_to_none=True)
    for x, y in batches():
        (soft_counts(y, model(x), slope, threshold) * by_count).sum().backward()
    for p, earlier in zip(model.parameters(), before):
        p.grad = all_sum(torch.zeros_like(p) if p.grad is None else p.grad)
        p.grad = p.grad if earlier is None else p.grad + earlier
    return loss.detach()
