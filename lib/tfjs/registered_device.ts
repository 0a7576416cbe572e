import type { deviceLoss, deviceRows, deviceScore, hasDeviceForm } from "./device_loss.ts";

/** The programs of the GPU, as losses, metrics and trainings call them. */
interface DevicePrograms {
  readonly deviceLoss: typeof deviceLoss;
  readonly deviceRows: typeof deviceRows;
  readonly deviceScore: typeof deviceScore;
  readonly hasDeviceForm: typeof hasDeviceForm;
}

let registered: DevicePrograms | undefined;

/** Registers the programs of the GPU. No loss imports them: they would be in every page's bundle. */
export function registerDevice(programs: DevicePrograms): void {
  registered = programs;
}

/** Returns the programs of the GPU; nothing where neither the top entry nor ./gpu was imported. */
export const registeredDevice = (): DevicePrograms | undefined => registered;
