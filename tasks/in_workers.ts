/**
 * Work on several cores: requests that worker threads answer.
 *
 * @module
 */

/** The largest number of threads: each has its own copy of the data. */
const mostThreads = 8;

/** The listener to the answers, and the signal that stops the requests. */
interface Answers<Answer> {
  /**
   * The number of answers to a request.
   *
   * @default {1}
   */
  readonly perRequest?: number;
  /** Called with each answer and the place of its request. */
  onAnswer(place: number, answer: Answer): void;
  /** Ends the threads; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Asks a worker; resolves with its last answer. */
function ask<Answer>(worker: Worker, request: unknown, perRequest: number, onAnswer: (answer: Answer) => void) {
  return new Promise<void>((resolve, reject) => {
    let left = perRequest;
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      try {
        onAnswer(data);
      } catch (error) {
        return reject(error);
      }
      if (--left === 0) resolve();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(event.error ?? new Error(event.message));
    };
    worker.postMessage(request);
  });
}

/** Sends requests to workers that run `script`, one per core, each the next request when it has answered the one before. */
export async function inWorkers<Answer>(
  script: URL,
  requests: readonly unknown[],
  { perRequest = 1, onAnswer, signal }: Answers<Answer>,
): Promise<void> {
  signal?.throwIfAborted();
  const waiting = [...requests.entries()],
    threads = Math.min(requests.length, navigator.hardwareConcurrency, mostThreads);
  const workers = Array.from({ length: threads }, () => new Worker(script, { type: "module" }));
  const stopped = Promise.withResolvers<never>(), stop = () => stopped.reject(signal!.reason);
  signal?.addEventListener("abort", stop);
  const work = async (worker: Worker) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [place, request] = next;
      await ask<Answer>(worker, request, perRequest, (answer) => onAnswer(place, answer));
    }
  };
  try {
    await Promise.race([stopped.promise, Promise.all(workers.map(work))]);
  } finally {
    signal?.removeEventListener("abort", stop);
    workers.forEach((worker) => worker.terminate());
  }
}
