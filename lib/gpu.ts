/**
 * The programs of the GPU for `./slim`: an import registers them, and on WebGL and WebGPU losses and metrics are computed there
 * without reading anything back. The top entry imports them itself.
 *
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import "@roundabout/roundabout/gpu";
 * import { f1Loss } from "@roundabout/roundabout/slim";
 * import { assertEquals } from "@std/assert";
 *
 * const y = tf.tensor1d([1, 0, 1]);
 * assertEquals(f1Loss()(y, y).dataSync()[0], 0);
 * ```
 *
 * @module
 */
import { deviceLoss, deviceRows, deviceScore, hasDeviceForm } from "./tfjs/device_loss.ts";
import { registerDevice } from "./tfjs/registered_device.ts";

registerDevice({ deviceLoss, deviceRows, deviceScore, hasDeviceForm });
