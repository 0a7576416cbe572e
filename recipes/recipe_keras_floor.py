"""Keras 3 on TensorFlow, JAX or PyTorch:  model.compile("adam", loss=precision_at_recall_loss(recall=0.9))
Precision with a floor under recall. End in a sigmoid; take large batches, for the floor is held in each."""
from keras import ops


def precision_at_recall_loss(recall=0.9, penalty=4.0, slope=4.0):
    def loss(y_true, y_pred):
        y, p = ops.reshape(ops.cast(y_true, y_pred.dtype), (-1,)), ops.reshape(y_pred, (-1,))
        d = 1 + 2 * (slope - 1) * ops.where(p > 0.5, p - 0.5, 0.5 - p)
        s = ops.where(p > 0.5, 1 - (1 - p) / d, p / d)  # a softsign: 0 at p = 0, 1 at p = 1
        tp, positives, predicted = ops.sum(y * s), ops.sum(y), ops.sum(s)
        undefined = ops.logical_or(positives == 0, predicted == 0)
        found = tp / ops.where(positives == 0, 1.0, positives)  # the soft recall
        score = tp / ops.where(predicted == 0, 1.0, predicted)  # the soft precision
        score = score - penalty * ops.where(found < recall, recall - found, 0.0)
        return 1 - ops.where(undefined, 0.0, score)

    return loss
