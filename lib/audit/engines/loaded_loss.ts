import type { AuditTime, LabelKind } from "../types.ts";
import type { AuditBatch } from "../batches.ts";
import type { AuditEngine } from "./engine.ts";

/** Options of `pythonLoss`. Either `file` or `module` is given. */
export interface PythonLossOptions {
  /**
   * Path of the Python file that defines the loss, which is executed; of a Jupyter notebook of Python, of which only the
   * statements are executed that the loss depends on; or of a file of R, which Rscript runs with the package reticulate.
   */
  file?: string;
  /** Name of an installed module that ships the loss, "torch.nn" for example. */
  module?: string;
  /** Name of a function, of a class that is made without arguments, or any expression: "FocalLoss(gamma=2)". */
  name: string;
  /**
   * Framework of the loss: "torch", "keras", "tensorflow", "jax", or the path of a Python file whose class `Framework`
   * has the methods of those in loss_server.py.
   *
   * @default {the framework that the file imports}
   */
  framework?: string;
  /**
   * Order of the arguments.
   *
   * @default {"true,pred" for Keras and TensorFlow, as model.compile passes them; otherwise as the names of the parameters
   * tell, or else the habit of the framework}
   */
  order?: "true,pred" | "pred,true";
  /**
   * Gives the loss a batch as one image, whose pixels are the rows: [1, columns, height, width] in PyTorch, [1, height,
   * width, columns] elsewhere. A loss that refuses rows gets images anyway.
   *
   * @default {false}
   */
  images?: boolean;
  /**
   * Command that runs Python.
   *
   * @default {"python3", or the Python of the active virtual environment}
   */
  python?: string;
  /**
   * Most seconds of a call. A loss that takes longer is ended, which is a finding.
   *
   * @default {20}
   */
  seconds?: number;
}

/** A loss in a Python process, which lives until it is closed. */
export interface PythonLoss extends AsyncDisposable {
  /** The name of the loss. */
  readonly name: string;
  /** The framework of the loss. */
  readonly framework: string;
  /** The versions of the framework and of Python. */
  readonly versions: string;
  /** Assumptions about the loss, one sentence each. */
  readonly assumed: readonly string[];
  /**
   * Loads another loss in the same process: the framework is imported once. When one is closed, all are.
   *
   * @throws {TypeError} The file raises, or it does not define the loss.
   */
  another(options: Omit<PythonLossOptions, "python" | "seconds">): Promise<PythonLoss>;
  /** Ends the process. */
  close(): Promise<void>;
}

/** The first call of a loss on an ordinary batch. */
export interface FirstCall {
  /** The loss is called with the outputs alone. */
  readonly alone?: boolean;
  /** Assumptions about the loss, one sentence each. */
  readonly assumed: readonly string[];
  /** The loss takes its labels as whole numbers, one per row. */
  readonly takesIndices?: boolean;
  /** The end of the sentence "The loss …" about a loss that ended the process or did not return. */
  readonly died?: string;
  /** The arguments whose numbers the loss changes. */
  readonly changed?: readonly ("y_true" | "y_pred")[];
  /** The shape of the result. */
  readonly shape?: readonly number[];
  /** The function that cannot train on a result of this shape, such as "PyTorch's backward()". */
  readonly needsOneNumber?: string;
  /** The loss holds a matrix of weights. */
  readonly hasWeights?: boolean;
}

/** A first parameter whose name contradicts the order in which its framework passes the arguments. */
export interface ContraryName {
  readonly parameter: string;
  /** The line of the definition. */
  readonly line?: string;
}

/** The contradiction in words. */
export const passedByPosition = ({ parameter }: ContraryName): string =>
  `model.compile passes (y_true, y_pred) by position, but the first parameter is called ${parameter}`;

/** The shapes of what a loss is called with. */
export const passedText = ({ trueShape, predShape }: AuditBatch, alone = false): string =>
  `${alone ? "" : `labels [${trueShape}] and `}outputs [${predShape}]`;

/** A loss that has been loaded, and what an audit asks of it. Nothing here knows how a process is started. */
export abstract class LoadedLoss implements PythonLoss {
  abstract readonly name: string;
  abstract readonly framework: string;
  abstract readonly versions: string;
  abstract readonly assumed: readonly string[];
  abstract readonly contrary?: ContraryName;
  /** The loss has no parameter for labels: it is called with the outputs alone, whatever the labels are. */
  abstract readonly takesNoLabels: boolean;
  /** The access that an audit needs. */
  abstract readonly engine: AuditEngine;
  abstract another(options: Omit<PythonLossOptions, "python" | "seconds">): Promise<PythonLoss>;
  abstract close(): Promise<void>;
  abstract [Symbol.asyncDispose](): Promise<void>;
  /** Calls the loss on an ordinary batch and refuses one that does not work there. */
  abstract check(batch: AuditBatch, labels: LabelKind | undefined): FirstCall;
  /** Times value and gradient on a batch, in turn with the mean squared error of as many outputs. */
  abstract time(batch: AuditBatch): AuditTime;
}
