/** Sends a message of a type from the kernel to the notebook. */
export type Broadcast = (type: string, content: Record<string, unknown>) => Promise<void>;

/**
 * Returns the kernel's function that sends a message, or undefined outside a notebook, where Deno throws on the property's
 * name or does not exist.
 */
export function kernelBroadcast(): Broadcast | undefined {
  try {
    const { jupyter } = Deno as unknown as { jupyter?: { broadcast: Broadcast } };
    return jupyter && ((type, content) => jupyter.broadcast(type, content));
  } catch {
    return undefined;
  }
}
