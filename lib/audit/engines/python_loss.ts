/**
 * Losses that are written in Python, for `auditLoss`. It starts processes, so it runs in Deno and Node.js and in no
 * browser.
 *
 * @module
 */
import type { PythonLoss, PythonLossOptions } from "./loaded_loss.ts";
import { ProcessLoss } from "./process_loss.ts";

/**
 * Loads a loss that is written in Python, for `auditLoss`. Python is started with one file of this library, which needs
 * the framework of the loss and nothing else; the process ends with `close` or at the end of an `await using` block.
 *
 * @throws {TypeError} Python cannot be started, the file raises, or it does not define the loss.
 * @throws {RangeError} An option is out of range.
 */
export async function pythonLoss(options: PythonLossOptions): Promise<PythonLoss> {
  const [{ loss }] = await ProcessLoss.start(options, [options.name]);
  if (loss instanceof Error) throw loss;
  return loss;
}

export type { PythonLoss, PythonLossOptions };
