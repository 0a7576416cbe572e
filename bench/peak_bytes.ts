import * as tf from "@tensorflow/tfjs";

/** The record of a tensor's data in a backend: the values on cpu, the shape of the heap's part on wasm. */
interface Stored {
  values?: { byteLength?: number };
  shape?: number[];
}

/** The maps in which backends keep their data. */
interface DataStorage {
  set(id: object, stored: Stored): void;
  delete(id: object): boolean;
}

const bytesOf = ({ values, shape }: Stored): number =>
  values?.byteLength ?? 4 * (shape ?? []).reduce((a, b) => a * b, 1);

/**
 * Returns the peak of the data bytes of the backend in use while `run` ran, beyond those at the start. `tf.memory()` and
 * `tf.profile` count a tensor that shares another one's data again; here data counts once.
 */
export function peakBytes(run: () => void): number {
  const backend = tf.backend() as unknown as Record<string, DataStorage>;
  const storage = backend.dataIdMap ?? backend.data, { set, delete: remove } = storage;
  const kept = new Map<object, number>();
  let bytes = 0, peak = 0;
  storage.set = (id, stored) => {
    bytes += bytesOf(stored) - (kept.get(id) ?? 0);
    kept.set(id, bytesOf(stored));
    peak = Math.max(peak, bytes);
    set.call(storage, id, stored);
  };
  storage.delete = (id) => {
    bytes -= kept.get(id) ?? 0;
    kept.delete(id);
    return remove.call(storage, id);
  };
  try {
    run();
  } finally {
    Object.assign(storage, { set, delete: remove });
  }
  return peak;
}
