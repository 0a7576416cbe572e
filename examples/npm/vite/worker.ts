import "@tensorflow/tfjs-core"; // first: the gradients need its flags
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import "@tensorflow/tfjs-backend-cpu";
import { train } from "../train.js";

/** A message of the worker: the F1 of an epoch, then that of the trained network. */
export type Progress = { done: false; epoch: number; f1: number } | { done: true; f1: number };

const send = (progress: Progress): void => postMessage(progress);

train((epoch: number, f1: number) => send({ done: false, epoch, f1 })).then((f1: number) => send({ done: true, f1 }));
