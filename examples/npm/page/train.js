import "@tensorflow/tfjs-core/dist/register_all_gradients";
import "@tensorflow/tfjs-backend-cpu";
import { train } from "../train.js";

const result = document.querySelector("#result");
train((epoch, f1) => result.textContent = `epoch ${epoch + 1}: F1 ${f1.toFixed(3)}`)
  .then((f1) => result.textContent = `F1 of the rounded predictions: ${f1.toFixed(3)}`);
