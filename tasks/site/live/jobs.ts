/// <reference lib="dom" />
/**
 * Jobs of a page's worker, which runs beside the page: it can be ended at any time, and the page never freezes.
 *
 * @module
 */

/** A message of a worker to its page. */
type Answer<Progress, Result> =
  | { kind: "progress"; progress: Progress }
  | { kind: "result"; result: Result }
  | { kind: "error"; message: string };

/** Functions that are called as a job goes on. */
interface JobEvents<Progress, Result> {
  onProgress: (progress: Progress) => void;
  onResult: (result: Result) => void;
  onError: (message: string) => void;
}

declare const roundaboutWorker: string;

/** Starts the page's worker on a job and returns the function that ends it. */
export function startJob<Job, Progress, Result>(job: Job, events: JobEvents<Progress, Result>): () => void {
  const address = URL.createObjectURL(new Blob([roundaboutWorker], { type: "text/javascript" }));
  const worker = new Worker(address);
  const end = () => {
    worker.terminate();
    URL.revokeObjectURL(address);
  };
  worker.onmessage = ({ data }: MessageEvent<Answer<Progress, Result>>) => {
    if (data.kind === "progress") return events.onProgress(data.progress);
    end();
    if (data.kind === "result") events.onResult(data.result);
    else events.onError(data.message);
  };
  worker.onerror = (event) => {
    end();
    events.onError(event.message || "the worker failed");
  };
  worker.postMessage(job);
  return end;
}

/** Answers the job that the page sends; whatever is thrown becomes an error of the page. */
export function answerJob<Job, Progress, Result>(
  work: (job: Job, onProgress: (progress: Progress) => void) => Result | Promise<Result>,
): void {
  const answer = (message: Answer<Progress, Result>) => postMessage(message);
  addEventListener("message", async ({ data }: MessageEvent<Job>) => {
    try {
      answer({ kind: "result", result: await work(data, (progress) => answer({ kind: "progress", progress })) });
    } catch (error) {
      answer({ kind: "error", message: error instanceof Error ? error.message : String(error) });
    }
  });
}
