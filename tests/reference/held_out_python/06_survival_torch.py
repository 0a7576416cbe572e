# Retold from the sources below: same operations, same fault, written anew. Labels: time and event.
import torch


# https://github.com/mahmoodlab/PathomicFusion/pull/9
def cox_loss(hazard_pred, target):
    survtime, censor = target[:, 0], target[:, 1:2]
    theta = hazard_pred.reshape(-1)
    at_risk = (survtime[None, :] >= survtime[:, None]).float()
    exp_theta = torch.exp(theta)
    return -torch.mean((theta - torch.log(torch.sum(exp_theta * at_risk, dim=1))) * censor)


# https://github.com/havakv/pycox/issues/124
def cox_ph_loss(log_h, target):
    durations, events = target[:, 0], target[:, 1]
    idx = durations.sort(descending=True)[1]
    events = events[idx]
    log_h = log_h.reshape(-1)[idx]
    gamma = log_h.max()
    log_cumsum_h = log_h.sub(gamma).exp().cumsum(0).log().add(gamma)
    return -log_h.sub(log_cumsum_h).mul(events).sum().div(events.sum())
