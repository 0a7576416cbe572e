# Retold from the sources below: same operations, same fault, written anew.
import numpy as np
import torch
import torch.nn.functional as F


# https://github.com/liorshk/facenet_pytorch/issues/6
def hard_triplet_loss(embeddings, labels=None, margin=0.5):
    out_a, out_p, out_n = embeddings.chunk(3, dim=1)
    d_p = F.pairwise_distance(out_a, out_p)
    d_n = F.pairwise_distance(out_a, out_n)
    keep = np.where((d_n - d_p < margin).cpu().data.numpy().flatten() == 1)[0]
    if len(keep) == 0:
        keep = np.arange(len(out_a))
    a = torch.from_numpy(out_a.cpu().data.numpy()[keep])
    p = torch.from_numpy(out_p.cpu().data.numpy()[keep])
    n = torch.from_numpy(out_n.cpu().data.numpy()[keep])
    return F.triplet_margin_loss(a, p, n, margin=margin)


# https://github.com/jinnnju/PaAno/issues/1
def patch_triplet_loss(embeddings, labels=None):
    anchor, positive = embeddings.chunk(2, dim=1)
    anchor, positive = F.normalize(anchor, dim=1), F.normalize(positive, dim=1)
    pos_sims = (anchor * positive).sum(dim=1)
    sim = anchor @ anchor.t()
    sim = sim.clone()
    sim.diagonal().fill_(-float("inf"))
    neg_dists = 1 - sim
    hard_neg_dists, _ = torch.max(neg_dists, dim=1)
    pos_dists = 1 - pos_sims
    return F.relu(pos_dists - hard_neg_dists + 0.5).mean()
