/**
 * One small network for the notebooks, the comparison and the audit; not published.
 *
 * @module
 */
export type { TrainingLoss } from "./objectives.ts";
export { trainLogistic, type TrainLogisticOptions, type TrainLogisticResult } from "./train_logistic.ts";
export { type Network, trainNetwork, type TrainNetworkOptions } from "./train_network.ts";
