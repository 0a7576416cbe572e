// The kernel's channel to the notebook: none outside a notebook, the kernel's own function in one.
import { assertEquals, assertStrictEquals } from "@std/assert";
import { kernelBroadcast } from "../../lib/jupyter.ts";

Deno.test("messages go to the kernel in a notebook, and nowhere outside of one", async () => {
  assertStrictEquals(kernelBroadcast(), undefined);
  const sent: unknown[] = [], own = Deno as unknown as { jupyter?: unknown };
  own.jupyter = {
    sent,
    broadcast(type: string, content: object) {
      return Promise.resolve(void this.sent.push([type, content])); // a method: it needs its object
    },
  };
  try {
    await kernelBroadcast()!("display_data", { data: 3 });
    assertEquals(sent, [["display_data", { data: 3 }]]);
  } finally {
    own.jupyter = undefined;
  }
  assertStrictEquals(kernelBroadcast(), undefined);
});
