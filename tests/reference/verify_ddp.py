"""Records that the recipe of recipes/recipe_torch_ddp.py in 1, 2 and 4 processes is the recipe in one: ddp.json.

`runs` are the largest differences of the parameters after 50 steps of gradient descent, in float64, from those of one process
with all rows: with the five lines, in two passes, and for DDP as it is. `biases` is the table of the mean of the shards' losses
against the exact loss, at 1 % positives.

    python verify_ddp.py
"""

import record  # first: it sets what the frameworks read at import

import json
import os
import tempfile

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.nn.parallel import DistributedDataParallel

from recipe_torch_ddp import f_beta_loss, f_beta_of, soft_counts, two_pass_backward

ROWS, FEATURES, STEPS, RATE, SEED, SLOPE = 1200, 8, 50, 0.5, 48356029, 10.0
TOLERANCE, BIAS = 1e-12, 1e-3


def problem(prevalence, rows=ROWS):
    generator = torch.Generator().manual_seed(SEED)
    x = torch.randn(rows, FEATURES, dtype=torch.float64, generator=generator)
    score = x[:, 0] - 0.5 * x[:, 1] + 0.7 * torch.randn(rows, dtype=torch.float64, generator=generator)
    return x, (score > score.quantile(1 - prevalence)).to(torch.float64)


def network():
    torch.manual_seed(SEED)
    return torch.nn.Sequential(
        torch.nn.Linear(FEATURES, 6), torch.nn.Tanh(), torch.nn.Linear(6, 1), torch.nn.Sigmoid()
    ).to(torch.float64)


def shards(kind, y, world):
    """The rows of each process."""
    order = torch.arange(len(y))
    if kind == "equal" or world == 1:
        return list(order.chunk(world))
    if kind == "30/70":
        cuts = [round(len(y) * (0.3 if i == 0 else 0.3 + 0.7 * i / (world - 1))) for i in range(world)]
        return [order[a:b] for a, b in zip([0] + cuts[:-1], cuts)]
    negatives, rest = order[y == 0][: len(y) // world], None  # the first shard has no positive
    rest = order[~torch.isin(order, negatives)]
    return [negatives, *rest.chunk(world - 1)]


def mean_of_shards(y, p):
    """The loss that DDP averages if nothing is said: each shard's own."""
    return f_beta_of(soft_counts(y, p, SLOPE))


def train(way, x, y):
    model = network()
    wrapped = DistributedDataParallel(model) if way != "two passes" else model
    loss = f_beta_loss(slope=SLOPE) if way == "five lines" else mean_of_shards
    optimizer = torch.optim.SGD(model.parameters(), RATE)
    for _ in range(STEPS):
        optimizer.zero_grad()
        if way == "two passes":
            two_pass_backward(model, lambda: ((x[i : i + 97], y[i : i + 97]) for i in range(0, len(x), 97)), slope=SLOPE)
        else:
            loss(y, wrapped(x)).backward()
        optimizer.step()
    return torch.cat([p.detach().reshape(-1) for p in model.parameters()])


def process(rank, world, kind, prevalence, file, out):
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{file}", rank=rank, world_size=world)
    x, y = problem(prevalence)
    own = shards(kind, y, world)[rank]
    result = {way: train(way, x[own], y[own]).tolist() for way in ("five lines", "two passes", "DDP as it is")}
    if rank == 0:
        with open(out, "w") as target:
            json.dump(result, target)
    dist.destroy_process_group()


def run(world, kind, prevalence):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out.json")
        mp.spawn(process, (world, kind, prevalence, os.path.join(folder, "group"), out), nprocs=world)
        with open(out) as source:
            return {way: torch.tensor(values, dtype=torch.float64) for way, values in json.load(source).items()}


def biases():
    """The mean of the shards' losses against the loss of all rows, at 1 % positives, for the outputs of a fair classifier."""
    x, y = problem(0.01, 20_000)
    p = torch.sigmoid(4 * (x[:, 0] - 0.5 * x[:, 1]) - 9)
    exact = f_beta_of(soft_counts(y, p, SLOPE)).item()
    table = []
    for kind in ("equal", "30/70", "a shard without a positive"):
        for world in (2, 4, 16):
            losses = [mean_of_shards(y[own], p[own]).item() for own in shards(kind, y, world)]
            table.append({"shards": kind, "processes": world, "exact": exact, "mean": sum(losses) / world})
    return table


def main():
    one = run(1, "equal", 0.1)["five lines"]
    runs = []
    for kind in ("equal", "30/70", "a shard without a positive"):
        for world in (1, 2, 4) if kind == "equal" else (2, 4):
            for way, parameters in run(world, kind, 0.1).items():
                difference = (parameters - one).abs().max().item()
                assert difference <= TOLERANCE or (way == "DDP as it is" and world > 1), (kind, world, way, difference)
                assert way != "DDP as it is" or world == 1 or difference > BIAS, (kind, world, way, difference)
                runs.append({"shards": kind, "processes": world, "way": way, "largestDifference": difference})
                print(f"{world} processes, {kind}, {way}: {difference:.1e}")
    head = {"versions": record.versions("torch"), "seed": SEED, "rows": ROWS, "steps": STEPS}
    record.write("ddp.json", head, runs=runs, biases=biases())


if __name__ == "__main__":
    main()
