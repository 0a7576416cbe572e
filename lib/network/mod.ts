/**
 * Small models that are trained without TensorFlow.js's layers. They are no entry of the package: the notebooks and
 * `compare` use them.
 *
 * @module
 */
export type { TrainingLoss } from "./objective.ts";
export { trainLogistic, type TrainLogisticOptions, type TrainLogisticResult } from "./train_logistic.ts";
export { type Network, trainNetwork, type TrainNetworkOptions } from "./train_network.ts";
