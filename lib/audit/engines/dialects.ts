import type { Finding } from "../types.ts";

/** The same words in every framework. */
const same = (words: string): [string, string, string] => [words, words, words];

/** Phrases of TensorFlow.js and of this library in the remedies, and the same in each framework of Python; the longer ones first. */
const phrases: readonly (readonly [tfjs: string, torch: string, tensorflow: string, jax: string])[] = [
  [
    'tf.oneHot(tf.cast(tf.squeeze(yTrue, [-1]), "int32")',
    "torch.nn.functional.one_hot(y_true.squeeze(-1).long()",
    "tf.one_hot(tf.cast(tf.squeeze(y_true, -1), tf.int32)",
    "jax.nn.one_hot(y_true.squeeze(-1).astype(int)",
  ],
  [
    "tf.mean(tf.squaredDifference(yTrue, yPred))",
    "((y_true - y_pred) ** 2).mean()",
    "tf.reduce_mean((y_true - y_pred) ** 2)",
    "((y_true - y_pred) ** 2).mean()",
  ],
  [
    "tf.losses.sigmoidCrossEntropy, fromLogits: true",
    "torch.nn.BCEWithLogitsLoss",
    "BinaryCrossentropy(from_logits=True)",
    "optax.sigmoid_binary_cross_entropy",
  ],
  [
    "tf.losses.softmaxCrossEntropy",
    "torch.nn.CrossEntropyLoss",
    "CategoricalCrossentropy(from_logits=True)",
    "optax.softmax_cross_entropy",
  ],
  [
    "sigmoidCrossEntropy",
    "torch.nn.BCEWithLogitsLoss",
    "BinaryCrossentropy(from_logits=True)",
    "optax.sigmoid_binary_cross_entropy",
  ],
  [
    "tf.clipByValue(p, 1e-7, 1 - 1e-7)",
    "torch.clamp(p, 1e-7, 1 - 1e-7)",
    "tf.clip_by_value(p, 1e-7, 1 - 1e-7)",
    "jnp.clip(p, 1e-7, 1 - 1e-7)",
  ],
  ["tf.expandDims(yTrue, -1)", "y_true.unsqueeze(-1)", "tf.expand_dims(y_true, -1)", "y_true[:, None]"],
  ["tf.squeeze(yPred, [-1])", "y_pred.squeeze(-1)", "tf.squeeze(y_pred, -1)", "y_pred.squeeze(-1)"],
  ["tf.squeeze(yTrue, [-1])", "y_true.squeeze(-1)", "tf.squeeze(y_true, -1)", "y_true.squeeze(-1)"],
  ["tf.sub(tf.mul(2, yTrue), 1)", ...same("2 * y_true - 1")],
  ["tf.maximum(x, 1e-7)", "x.clamp(min=1e-7)", "tf.maximum(x, 1e-7)", "jnp.maximum(x, 1e-7)"],
  ["tf.relu(x) or tf.abs(x)", "x.relu() or x.abs()", "tf.nn.relu(x) or tf.abs(x)", "jax.nn.relu(x) or jnp.abs(x)"],
  [
    "tf.max(x, 1, true), tf.sum(x, 1, true)",
    "x.amax(1, keepdim=True), x.sum(1, keepdim=True)",
    "tf.reduce_max(x, 1, keepdims=True), tf.reduce_sum(x, 1, keepdims=True)",
    "x.max(1, keepdims=True), x.sum(1, keepdims=True)",
  ],
  ['tf.cast(yTrue, "float32")', "y_true.float()", "tf.cast(y_true, tf.float32)", "y_true.astype(float)"],
  ["tf.sum(x, -1)", "x.sum(-1)", "tf.reduce_sum(x, -1)", "x.sum(-1)"],
  ["tf.sub(x, tf.mul(1e9, tf.eye(n)))", "x - 1e9 * torch.eye(n)", "x - 1e9 * tf.eye(n)", "x - 1e9 * jnp.eye(n)"],
  ["tf.logSumExp", "torch.logsumexp", "tf.reduce_logsumexp", "jax.nn.logsumexp"],
  ["tf.softplus", "torch.nn.functional.softplus", "tf.nn.softplus", "jax.nn.softplus"],
  ["tf.transpose", "torch.transpose", "tf.transpose", "jnp.transpose"],
  [
    "tf.sum(x), or use axis 0",
    "x.sum(), or use axis 0; if the loss is for images, give it images, --images",
    "tf.reduce_sum(x), or use axis 0; if the loss is for images, give it images, --images",
    "x.sum(), or use axis 0; if the loss is for images, give it images, --images",
  ],
  ["tf.sum(x)", "x.sum()", "tf.reduce_sum(x)", "x.sum()"],
  ["; tf.divNoNan has no usable gradient", ...same("")],
  [
    "Compute with tensors (tf.mul, tf.sum …) instead of dataSync() or arraySync(), and make no new tensor of the numbers",
    "Compute with tensors, without item(), numpy(), detach() or .data, and make no new tensor of the numbers",
    "Compute with tensors, without numpy() or stop_gradient, and make no new tensor of the numbers",
    "Compute with jax.numpy, without float(), NumPy or stop_gradient",
  ],
  [
    "Keep the tensor (tf.mul, tf.slice …) instead of dataSync() and a new tensor; a weight that must stay fixed can use a " +
    "tf.customGrad whose gradient is 0",
    "Keep the tensor, without item(), detach() or no_grad(), unless the weight must stay fixed",
    "Keep the tensor, without numpy() or stop_gradient, unless the weight must stay fixed",
    "Keep the array, without float() or stop_gradient, unless the weight must stay fixed",
  ],
  ["tf.customGrad", "torch.autograd.Function", "tf.custom_gradient", "jax.custom_vjp"],
  ["tf.greaterEqual", "torch.ge", "tf.greater_equal", "jnp.greater_equal"],
  ["tf.where", "torch.where", "tf.where", "jnp.where"],
  ["tf.max ", "torch.max ", "tf.reduce_max ", "jnp.max "],
  ["tf.oneHot", "one_hot", "tf.one_hot", "jax.nn.one_hot"],
  [
    '; for a score of rounded outputs use the loss of this library, such as f1Loss({ step: "softsign", slope: 4 })',
    ...same(""),
  ],
  [
    "tf.reshape(yPred, yTrue.shape)",
    "y_pred.reshape(y_true.shape)",
    "tf.reshape(y_pred, y_true.shape)",
    "y_pred.reshape(y_true.shape)",
  ],
  ["; in JavaScript 1 - x of a tensor x is NaN, write tf.sub(1, x)", ...same("")],
  [" (stratifiedBatches)", ...same("")],
  [" (DatasetMetrics)", ...same("")],
  [
    "small initial weights and priorBias",
    ...same("small initial weights and a last bias at the log-odds of the positives"),
  ],
  [", or the whole data set: fitMetric", ...same(", or the whole data set")],
  [", or train on it: fitMetric", ...same("")],
  [", or train on the score of the data set: fitMetric", ...same(", or train on the whole data set at once")],
  ["f1Loss(), fBetaLoss({ beta: 2 }), or recallAtPrecisionLoss", ...same("F1, Fβ with β = 2, or recall")],
  ["fBetaLoss({ beta: 0.5 }), or precisionAtRecallLoss", ...same("Fβ with β = 0.5, or precision")],
  ["straightThrough()", ...same("a straight-through estimator")],
  ["softsign({ slope: 4 })", ...same("the softsign 0.5 + 4 * u / (1 + 6 * abs(u)) with u = y_pred - 0.5")],
  ['audit with yPred: "logits" (--predictions logits)', ...same("audit with --predictions logits")],
  ["yPred", ...same("y_pred")],
  ["yTrue", ...same("y_true")],
];

const column: Readonly<Record<string, number>> = { torch: 1, keras: 2, tensorflow: 2, jax: 3 };

/** Words of TensorFlow that keras.ops, which works on every backend, calls differently. */
const inKeras = (text: string): string =>
  text.replaceAll("tf.clip_by_value", "keras.ops.clip").replaceAll(/\btf\.(int32|float32)\b/g, '"$1"')
    .replaceAll(/\btf\.(nn\.)?(reduce_)?(?=[a-z_]+\b)/g, "keras.ops.");

/** A text with the functions and names of a framework. */
export function wordsOf(framework: string, text: string): string {
  const at = column[framework] ?? 1, own = phrases.reduce((own, each) => own.replaceAll(each[0], each[at]), text);
  return framework === "keras" ? inKeras(own) : own;
}

/** A finding with the functions and names of a framework in its message and its remedy. */
export const inWordsOf = (framework: string, finding: Finding): Finding => ({
  ...finding,
  message: wordsOf(framework, finding.message),
  remedy: wordsOf(framework, finding.remedy),
});
