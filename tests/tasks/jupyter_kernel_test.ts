// The start of a kernel. What its messages mean is tested with the executor.
import { assertEquals, assertRejects } from "@std/assert";
import { freePorts, Kernel } from "../../tasks/jupyter_kernel.ts";
import { TaskError } from "../../tasks/cli.ts";
import { slow } from "../slow.ts";

const cwd = new URL(".", import.meta.url).pathname;

slow.test("a kernel starts with other ports if another process answers on one of them", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const answered = (async () => {
    for await (using connection of listener) {
      await connection.write(new TextEncoder().encode(`HTTP/1.1 400 Bad Request\r\n${" ".repeat(60)}`)).catch(() => {});
    }
  })();
  let attempts = 0;
  const ports = () => freePorts().with(1, ++attempts === 1 ? port : freePorts()[1]);
  {
    await using kernel = await Kernel.start({ cwd, ports });
    assertEquals(await Promise.race([kernel.died, Promise.resolve("alive")]), "alive");
  }
  assertEquals(attempts, 2);
  listener.close();
  await answered.catch(() => {});
});

slow.test("a kernel that is aborted while it starts is not started again", async () => {
  let attempts = 0;
  const signal = AbortSignal.abort(new TaskError("enough"));
  await assertRejects(() => Kernel.start({ cwd, signal, ports: () => (attempts++, freePorts()) }), TaskError, "enough");
  assertEquals(attempts, 1);
});
