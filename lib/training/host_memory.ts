import * as tf from "@tensorflow/tfjs";

/** Whether the backend in use keeps its tensors in the host's memory: to read them costs a copy at most. */
export const inHostMemory = (): boolean => ["cpu", "wasm"].includes(tf.getBackend());
