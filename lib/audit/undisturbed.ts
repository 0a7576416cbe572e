import * as tf from "@tensorflow/tfjs";

/** Runs what may change the backend or the flags of TensorFlow.js, as a loss can, and puts both back. */
export function undisturbed<T>(of: () => T): T {
  const backend: string | undefined = tf.getBackend(), env = tf.env(), flags = { ...env.features };
  try {
    return of();
  } finally {
    env.setFlags(flags);
    if (backend !== undefined && tf.getBackend() !== backend) tf.setBackend(backend);
  }
}
