import type { AuditOptions } from "../../../lib/audit/mod.ts";

/** A loss that a framework ships. */
interface Shipped {
  readonly framework: string;
  readonly module: string;
  readonly id: string;
  readonly options: AuditOptions;
}

const probability = { yPred: "probability", yTrue: "binary" } as const;
const logits = { yPred: "logits", yTrue: "binary" } as const;
const real = { yPred: "real", yTrue: "real" } as const;
const signs = { yPred: "real", yTrue: "sign" } as const;
const shares = { yPred: "simplex", yTrue: "one-hot", columns: 4 } as const;
const classes = { yPred: "logits", yTrue: "one-hot", columns: 4 } as const;
const indices = { yPred: "logits", yTrue: "index", columns: 4 } as const;
const positive = { yPred: "nonnegative", yTrue: "positive" } as const;
const counts = { yPred: "nonnegative", yTrue: "count" } as const;
const vectors = { ...real, columns: 4 } as const;
const tags = { ...logits, columns: 3 } as const;
const distributions = { yPred: "logits", yTrue: "distribution", columns: 4 } as const;

const of = (framework: string, module: string, losses: readonly (readonly [string, AuditOptions])[]): Shipped[] =>
  losses.map(([id, options]) => ({ framework, module, id, options }));

/** Losses of torch.nn, optax and keras.losses with outputs and labels that they are made for. */
export const shipped: readonly Shipped[] = [
  ...of("torch", "torch.nn", [
    ["MSELoss", real],
    ["L1Loss", real],
    ["SmoothL1Loss(beta=0.5)", real],
    ["HuberLoss", real],
    ["BCELoss", probability],
    ["BCEWithLogitsLoss", logits],
    ["CrossEntropyLoss", indices],
    ["CrossEntropyLoss(label_smoothing=0.1)", classes],
    ["lambda input, target: KLDivLoss(reduction='batchmean')(input.log_softmax(-1), target)", distributions],
    ["KLDivLoss(reduction='batchmean')", { yPred: "logits", yTrue: "distribution", columns: 4 }],
    ["PoissonNLLLoss", { yPred: "real", yTrue: "count" }],
    ["SoftMarginLoss", signs],
    ["MultiLabelSoftMarginLoss", tags],
    ["MultiMarginLoss", indices],
    ["MSELoss(reduction='none')", vectors],
  ]),
  ...of("jax", "optax", [
    ["sigmoid_binary_cross_entropy", logits],
    ["softmax_cross_entropy", classes],
    ["softmax_cross_entropy_with_integer_labels", indices],
    ["l2_loss", real],
    ["squared_error", real],
    ["huber_loss", real],
    ["log_cosh", real],
    ["cosine_distance", vectors],
    ["hinge_loss", signs],
    ["sigmoid_focal_loss", logits],
    ["losses.poly_loss_cross_entropy", classes],
    ["safe_softmax_cross_entropy", classes],
    ["losses.kl_divergence", distributions],
    ["losses.perceptron_loss", signs],
  ]),
  ...of("keras on tensorflow", "keras.losses", [
    ["MeanSquaredError", real],
    ["MeanAbsoluteError", real],
    ["MeanAbsolutePercentageError", positive],
    ["MeanSquaredLogarithmicError", positive],
    ["Huber", real],
    ["LogCosh", real],
    ["CosineSimilarity", vectors],
    ["BinaryCrossentropy", probability],
    ["BinaryCrossentropy(from_logits=True)", logits],
    ["BinaryFocalCrossentropy", probability],
    ["CategoricalCrossentropy", shares],
    ["CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)", classes],
    ["CategoricalFocalCrossentropy", shares],
    ["SparseCategoricalCrossentropy(from_logits=True)", indices],
    ["Hinge", signs],
    ["SquaredHinge", signs],
    ["CategoricalHinge", { yPred: "real", yTrue: "one-hot", columns: 4 }],
    ["KLDivergence", { yPred: "simplex", yTrue: "distribution", columns: 4 }],
    ["Poisson", counts],
    ["Dice", probability],
    ["Tversky", probability],
  ]),
];
