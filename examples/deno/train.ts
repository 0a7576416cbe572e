import * as tf from "@tensorflow/tfjs";
import { train } from "../npm/train.js";

tf.enableProdMode(); // no banner
await tf.setBackend("cpu");
const f1: number = await train((epoch: number, value: number) =>
  console.log(`epoch ${epoch + 1}: F1 ${value.toFixed(3)}`)
);
console.log(`${tf.getBackend()}: F1 of the rounded predictions: ${f1.toFixed(3)}`);
