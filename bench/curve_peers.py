"""Times of other implementations, for bench/curve_speed.json: value and gradient, the smallest processor time in ns per row.

    pip install torch==2.13.0 && pip install --no-deps libauc==2.0.1
    OMP_NUM_THREADS=1 python bench/curve_peers.py
"""

import json
import sys
import time
from importlib.metadata import version
from unittest.mock import MagicMock

import torch

for name in ["torch_geometric", "libauc.models", "libauc.datasets", "libauc.metrics", "libauc.optimizers", "libauc.sampler"]:
    sys.modules.setdefault(name, MagicMock())  # the losses need none of them
from libauc.losses.auc import AUCMLoss

torch.set_num_threads(1)


def rows(n):
    generator = torch.Generator().manual_seed(1)
    y = (torch.rand(n, generator=generator) < 0.3).float()
    return y, torch.sigmoid(torch.randn(n, generator=generator) + y)


def pairs(p, y):
    """The squared hinge of all pairs, n × n."""
    d = p[y == 1][:, None] - p[y == 0][None, :]
    return torch.relu(1 - d).square().mean()


def least(run, n, rounds):
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    return float(f"{best * 1e9 / n:.3g}")


def gradient(loss, n, rounds):
    y, p = rows(n)
    p.requires_grad_()
    return least(lambda: torch.autograd.grad(loss(p, y), p), n, rounds)


aucm = AUCMLoss(device="cpu") if "device" in AUCMLoss.__init__.__code__.co_varnames else AUCMLoss()
print(json.dumps({
    "torch": torch.__version__,
    "libauc": version("libauc"),
    "pairs, composed, 4096 rows": gradient(pairs, 4096, 5),
    "LibAUC's AUCM, 4096 rows": gradient(lambda p, y: aucm(p[:, None], y[:, None]), 4096, 30),
    "LibAUC's AUCM, 1e6 rows": gradient(lambda p, y: aucm(p[:, None], y[:, None]), 1_000_000, 5),
}))
