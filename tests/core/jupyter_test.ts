// The kernel's channel to the notebook: none outside a notebook, the kernel's own function in one.
import { assertEquals, assertStrictEquals } from "@std/assert";
import { kernelBroadcast } from "../../lib/jupyter.ts";

Deno.test("messages go to the kernel in a notebook, and nowhere outside of one", async () => {
  assertStrictEquals(kernelBroadcast(), undefined);
  const kernel = {
    sent: [] as unknown[],
    broadcast(type: string, content: object): Promise<void> { // a method: it needs its object
      this.sent.push([type, content]);
      return Promise.resolve();
    },
  };
  const own = Deno as unknown as { jupyter?: typeof kernel };
  own.jupyter = kernel;
  try {
    await kernelBroadcast()!("display_data", { data: 3 });
    assertEquals(kernel.sent, [["display_data", { data: 3 }]]);
  } finally {
    own.jupyter = undefined;
  }
  assertStrictEquals(kernelBroadcast(), undefined);
});
