/**
 * Processes that run losses of Python.
 *
 * @module
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { aBoolean, check, checkOptions, numberThat, oneOf, optional } from "../../check/check.ts";
import type { AuditTime, LabelKind } from "../types.ts";
import type { AuditBatch } from "../batches.ts";
import { type AuditEngine, type LossGradient, type LossValue, type Recording, timeInTurn } from "./engine.ts";
import { type Frame, FrameReader } from "./frames.ts";
import { type PythonRecording, recordingFrom } from "./python_recording.ts";
import {
  type ContraryName,
  type FirstCall,
  LoadedLoss,
  passedByPosition,
  passedText,
  type PythonLossOptions,
} from "./loaded_loss.ts";
import type { ToWorker } from "./python_worker.ts";

const optionNames: readonly (keyof PythonLossOptions)[] = [
  "file",
  "module",
  "name",
  "framework",
  "order",
  "images",
  "python",
  "seconds",
];

/** Most seconds in which Python imports a framework and the file. */
const LOADING = 300;

/** Milliseconds after a limit in which the worker must have told that it is over. */
const GRACE = 30_000;

/** Restarts of a process that a loss ended; after them, every call fails at once. */
const RESTARTS = 3;

const server = new URL("./loss_server.py", import.meta.url);
const rServer = new URL("./loss_server.R", import.meta.url);

/** The answer to a request that loads a loss. */
interface Loaded {
  readonly framework: string;
  readonly version: string;
  readonly python: string;
  readonly assumed: readonly string[];
  readonly contrary: { readonly parameter: string; readonly line: string | null } | null;
  readonly outputsAlone: boolean;
}

/** An answer: an error, the end of the process, or what was asked for. */
type Answer = Readonly<Record<string, unknown>> & { readonly error?: string; readonly died?: string };

const bytesOf = ({ yTrue, yPred }: AuditBatch): Uint8Array => {
  const numbers = new Float32Array(yTrue.length + yPred.length);
  numbers.set(yTrue);
  numbers.set(yPred, yTrue.length);
  return new Uint8Array(numbers.buffer);
};

const answerOf = ({ text }: Frame): Answer => JSON.parse(text);

/** The Python of the active virtual environment, or python3. */
function activePython(): string {
  const active = process.env.VIRTUAL_ENV;
  if (active === undefined) return "python3";
  return process.platform === "win32" ? `${active}\\Scripts\\python.exe` : `${active}/bin/python`;
}

/** Tells whether a file is one of R. */
const isR = (file: string | undefined): boolean => file !== undefined && /\.r$/i.test(file);

/** The command that runs the server: Python, or R with Python inside. */
const commandFor = (file: string | undefined, python: string): string[] =>
  isR(file)
    ? ["Rscript", "--no-init-file", fileURLToPath(rServer), fileURLToPath(server), python]
    : [python, "-u", fileURLToPath(server)];

/** A loss, or the error in its place, for the name at an index; its own name is absent if none was found. */
export interface StartedLoss {
  readonly at: number;
  readonly name?: string;
  readonly loss: ProcessLoss | TypeError;
}

/** A request that loads a loss, or asks for the names of all. */
interface LoadRequest {
  readonly do: "load" | "losses";
  readonly [option: string]: string | boolean | null;
}

/** A loss that has been loaded, and what an audit asks of it. */
export class ProcessLoss extends LoadedLoss {
  readonly name: string;
  readonly framework: string;
  readonly versions: string;
  readonly assumed: readonly string[];
  readonly contrary?: ContraryName;
  readonly takesNoLabels: boolean;
  readonly #line: Line;
  readonly #own: LineEnd;

  private constructor(loaded: Loaded, line: Line, own: LineEnd) {
    super();
    const { framework, version, python, assumed, contrary, outputsAlone } = loaded;
    this.name = own.load.name as string;
    this.framework = framework;
    this.versions = `${framework} ${version}, Python ${python}`;
    this.assumed = assumed;
    this.contrary = contrary === null ? undefined : { ...contrary, line: contrary.line ?? undefined };
    this.takesNoLabels = outputsAlone;
    this.#line = line;
    this.#own = own;
  }

  /**
   * Starts Python and loads losses of one file or module; an error stands in the place of one that cannot be loaded.
   *
   * @param names Their names; undefined for all functions and classes of the file that look like losses.
   * @param onFound Function that is called with the names of these, and of the others.
   */
  static async start(
    options: Omit<PythonLossOptions, "name">,
    names: readonly (string | undefined)[],
    onFound?: (names: readonly string[], others: readonly string[]) => void,
  ): Promise<StartedLoss[]> {
    names.forEach((name = "every loss") => checkPythonLoss({ ...options, name }));
    const { python = activePython(), seconds = 20 } = options, loaded: StartedLoss[] = [];
    const line = new Line(commandFor(options.file, python), 1000 * seconds);
    for (const [at, wanted] of names.entries()) {
      const found = wanted === undefined ? await ProcessLoss.#losses(options.file ?? null, line, onFound) : [wanted];
      if (found instanceof TypeError) loaded.push({ at, loss: found });
      else {
        for (const name of found) {
          const loss = await ProcessLoss.#load({ ...options, name }, line).catch((error: TypeError) => error);
          loaded.push({ at, name, loss });
        }
      }
    }
    if (!loaded.some(({ loss }) => loss instanceof ProcessLoss)) await line.close();
    return loaded;
  }

  /** The names of what looks like a loss in a file; an error if nothing does. */
  static async #losses(
    file: string | null,
    line: Line,
    onFound: (names: readonly string[], others: readonly string[]) => void = () => {},
  ): Promise<readonly string[] | TypeError> {
    const { error, died, names, others } = await line.load(line.newEnd({ do: "losses", file }));
    const reason = error ?? (died && `'${line.python}' ${died}`);
    if (reason !== undefined) return new TypeError(`Cannot load the losses of the file: ${reason}`);
    onFound(names as string[], others as string[]);
    return names as string[];
  }

  static async #load(options: PythonLossOptions, line: Line): Promise<ProcessLoss> {
    const { file = null, module = null, name, framework = null, order = null, images = false } = options;
    const own = line.newEnd({ do: "load", file, module, name, framework, order, images }),
      answer = await line.load(own);
    const needs = isR(options.file) ? ": a loss in R needs Rscript and the package reticulate" : "";
    const reason = answer.error ?? (answer.died && `'${line.python}' ${answer.died}${needs}`);
    if (reason !== undefined) throw new TypeError(`Cannot load the loss '${name}': ${reason}`);
    return new ProcessLoss(answer as unknown as Loaded, line, own);
  }

  another(options: Omit<PythonLossOptions, "python" | "seconds">): Promise<ProcessLoss> {
    checkPythonLoss(options);
    return ProcessLoss.#load(options, this.#line);
  }

  close(): Promise<void> {
    return this.#line.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Calls the loss on an ordinary batch and finds out the type of labels that it takes.
   *
   * @throws {TypeError} The loss raises, or returns something else than numbers.
   */
  check(batch: AuditBatch, labels: LabelKind | undefined): FirstCall {
    const { answer } = this.#line.ask(this.#own, { do: "check", labels }, batch);
    const { error, died, form, needsOneNumber, ...first } = answer;
    const alone = this.#own.alone = first.alone as boolean | undefined;
    if (error !== undefined) {
      const also = this.contrary === undefined ? "" : `; ${passedByPosition(this.contrary)}`;
      throw new TypeError(`Cannot audit the loss: called with ${passedText(batch, alone)}, ${error}${also}`);
    }
    if (died !== undefined) return { assumed: [], died };
    this.#own.form = form;
    return {
      ...first as unknown as FirstCall,
      takesIndices: /int/.test(String(form)),
      needsOneNumber: (needsOneNumber ?? undefined) as string | undefined,
    };
  }

  /** The access that an audit needs. */
  get engine(): AuditEngine {
    return {
      value: (batch) => this.#value(batch),
      valueAndGradient: (batch) => this.#gradient(batch),
      record: (batch) => this.#record(batch),
    };
  }

  /** Times value and gradient on a batch, in turn with the mean squared error of as many outputs. */
  time(batch: AuditBatch): AuditTime {
    const squares = { ...batch, yTrue: batch.yPred, trueShape: batch.predShape };
    const ask = (request: object, on: AuditBatch) => () => void this.#line.ask(this.#own, request, on);
    return timeInTurn(ask({ do: "gradient" }, batch), ask({ do: "gradient", reference: true }, squares));
  }

  #value(batch: AuditBatch): LossValue {
    const { answer } = this.#line.ask(this.#own, { do: "value" }, batch), error = failureOf(answer);
    return error === undefined ? { value: Number(answer.value) } : { value: NaN, error };
  }

  #gradient(batch: AuditBatch): LossGradient {
    const { answer, numbers } = this.#line.ask(this.#own, { do: "gradient" }, batch), error = failureOf(answer);
    if (error !== undefined) return { value: NaN, shape: [], error };
    const value = Number(answer.value), shape = answer.shape as number[];
    if (answer.gradientError !== undefined) return { value, shape, gradientError: String(answer.gradientError) };
    return { value, shape, gradient: new Float32Array(numbers.buffer) };
  }

  #record(batch: AuditBatch): Recording {
    const { answer } = this.#line.ask(this.#own, { do: "record" }, batch);
    const failed = answer.died ?? (answer.error && `raises ${answer.error}`);
    if (failed) return { ops: [], connected: true, live: true, customGradient: false, failed };
    return recordingFrom(answer as unknown as PythonRecording);
  }
}

const failureOf = ({ error, died }: Answer): string | undefined => error ?? (died && `it ${died}`);

/** Refuses options out of range. */
function checkPythonLoss(options: PythonLossOptions): void {
  checkOptions("a Python loss", options, optionNames);
  const { file, module, name, order, images, seconds = 20 } = options;
  const task = "load the loss";
  if ((file === undefined) === (module === undefined)) {
    throw new TypeError("Cannot load the loss: either 'file' or 'module' must be given");
  }
  check(task, { name }, { must: "an expression of Python", valid: (v) => typeof v === "string" && v.trim() !== "" });
  check(task, { order }, optional(oneOf("true,pred", "pred,true")));
  check(task, { images }, optional(aBoolean));
  check(task, { seconds }, numberThat("a number inside (0, 3600]", (limit) => limit > 0 && limit <= 3600));
}

/** One loss at the other end of a line. */
interface LineEnd {
  readonly number: number;
  readonly load: LoadRequest;
  /** The type of labels that was found out, for a process that is started again. */
  form?: unknown;
  /** It is called with the outputs alone, as was found out. */
  alone?: boolean;
  /** The start of the process, counted, in which it was loaded. */
  start: number;
}

/** A synchronous line to a Python process: a worker talks, and the caller waits on shared memory. */
class Line {
  readonly #command: readonly string[];
  readonly #limit: number;
  readonly #worker = new Worker(new URL("./python_worker.ts", import.meta.url));
  readonly #control = new Int32Array(new SharedArrayBuffer(8));
  readonly #data = new SharedArrayBuffer(1 << 16, { maxByteLength: 1 << 29 });
  #ended: string | undefined;
  #starts = 0;
  #ends = 0;
  #closed: Promise<void> | undefined;

  constructor(command: readonly string[], limit: number) {
    [this.#command, this.#limit] = [command, limit];
    this.#post({ do: "share", control: this.#control.buffer as SharedArrayBuffer, data: this.#data });
    this.#start();
  }

  /** The command that is run. */
  get python(): string {
    return this.#command[0];
  }

  /** Another loss. A process that has ended is started again for it. */
  newEnd(load: LoadRequest): LineEnd {
    if (this.#ended !== undefined) this.#restart();
    return { number: this.#ends++, load, start: this.#starts };
  }

  /** Starts a process that has ended again; false if that has been done often enough. */
  #restart(): boolean {
    if (this.#starts > RESTARTS) return false;
    this.#ended = undefined;
    this.#start();
    return true;
  }

  #start(): void {
    this.#starts++;
    this.#post({ do: "start", command: this.#command });
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #send(request: object, numbers: Uint8Array, limit: number, awaited: boolean): void {
    this.#post({ do: "ask", text: JSON.stringify(request), numbers, limit, awaited });
  }

  /** Loads a loss; the caller's thread stays free. */
  async load({ load, number }: LineEnd): Promise<Answer> {
    const answered = new Promise<Answer>((resolve) => {
      this.#worker.once("message", (frame: Frame) => resolve(answerOf(frame)));
    });
    this.#send({ ...load, loss: number }, new Uint8Array(), 1000 * LOADING, true);
    const answer = await answered;
    this.#ended = answer.died;
    return answer;
  }

  /** Asks and waits. A process that has ended is started again a few times. */
  ask(own: LineEnd, request: object, batch: AuditBatch): { answer: Answer; numbers: Uint8Array } {
    if (this.#closed !== undefined) throw new TypeError("Cannot audit the loss: it has been closed");
    if (this.#ended !== undefined && !this.#restart()) {
      return { answer: { died: this.#ended }, numbers: new Uint8Array() };
    }
    const { number: loss, load, form, alone } = own;
    if (own.start !== this.#starts) {
      own.start = this.#starts;
      this.#send({ ...load, loss, form, alone }, new Uint8Array(), 1000 * LOADING, false);
      this.#ended = this.#wait(1000 * LOADING).answer.died;
    }
    const { trueShape, predShape } = batch;
    this.#send({ ...request, loss, trueShape, predShape }, bytesOf(batch), this.#limit, false);
    const result = this.#wait(this.#limit);
    this.#ended = result.answer.died;
    return result;
  }

  /** Waits for an answer. The worker keeps the limit; a worker that is gone does not answer. */
  #wait(limit: number): { answer: Answer; numbers: Uint8Array } {
    if (Atomics.wait(this.#control, 0, 0, limit + GRACE) === "timed-out") {
      return { answer: { died: "does not answer" }, numbers: new Uint8Array() };
    }
    Atomics.store(this.#control, 0, 0);
    const [frame] = new FrameReader().read(new Uint8Array(this.#data).slice(0, Atomics.load(this.#control, 1)));
    return { answer: answerOf(frame), numbers: frame.numbers };
  }

  close(): Promise<void> {
    return this.#closed ??= new Promise((resolve) => {
      this.#worker.once("message", async () => {
        await this.#worker.terminate();
        resolve();
      });
      this.#post({ do: "close" });
    });
  }
}
