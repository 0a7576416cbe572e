/** The way a notebook's kernel sends a message to the notebook. */
export type Broadcast = (type: string, content: Record<string, unknown>) => Promise<void>;

/** The kernel's way to send a message; nothing outside a notebook, where Deno throws on the very name, or is not there. */
export function kernelBroadcast(): Broadcast | undefined {
  try {
    const { jupyter } = Deno as unknown as { jupyter?: { broadcast: Broadcast } };
    return jupyter && ((type, content) => jupyter.broadcast(type, content));
  } catch {
    return undefined;
  }
}
