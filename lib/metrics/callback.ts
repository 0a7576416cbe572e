import * as tf from "@tensorflow/tfjs";

/** `tf.Callback`, what {@linkcode DatasetMetrics} is one of. */
export const Callback: (typeof import("@tensorflow/tfjs"))["Callback"] = tf.Callback;
