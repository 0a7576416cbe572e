import { argv } from "node:process";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import { train } from "../train.js";

tf.enableProdMode(); // no banner
const backend = argv[2] ?? "cpu";
if (!await tf.setBackend(backend)) throw new Error(`The backend '${backend}' does not start`);
const f1 = await train((epoch, value) => console.log(`epoch ${epoch + 1}: F1 ${value.toFixed(3)}`));
console.log(`${tf.getBackend()}: F1 of the rounded predictions: ${f1.toFixed(3)}`);
