import { assertEquals, assertRejects } from "@std/assert";
import { Socket, type SocketType } from "../../tasks/zmtp.ts";

/** The other end, as bytes: its greeting and its READY come in pieces, then `rest`. */
async function withServer(
  type: SocketType,
  rest: number[],
  test: (socket: Socket, received: () => Promise<Uint8Array>) => Promise<void>,
): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const connected = Socket.connect(type, (listener.addr as Deno.NetAddr).port);
  using connection = await accepted;
  const greeting = [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0, 0x4e, 0x55, 0x4c, 0x4c, ...Array(48).fill(0)];
  const ready = [4, 6, 5, 0x52, 0x45, 0x41, 0x44, 0x59];
  await connection.write(Uint8Array.from(greeting.slice(0, 10)));
  await connection.write(Uint8Array.from([...greeting.slice(10), ...ready, ...rest]));
  const socket = await connected;
  await test(socket, async () => {
    socket.close();
    const chunks: number[] = [];
    for await (const chunk of connection.readable) chunks.push(...chunk);
    return Uint8Array.from(chunks);
  });
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("messages of several frames, long ones and commands between are read", async () => {
  const long = Array(300).fill(0x61);
  const bytes = [1, 1, 0x78, 0, 0, 4, 2, 9, 9, 2, 0, 0, 0, 0, 0, 0, 1, 44, ...long];
  await withServer("DEALER", bytes, async (socket) => {
    const messages: string[][] = [];
    for await (const message of socket) {
      messages.push(message.map(text));
      if (messages.length === 2) break;
    }
    assertEquals(messages, [["x", ""], ["a".repeat(300)]]);
    socket.close();
  });
});

Deno.test("a DEALER greets, says what it is and sends frames; a SUB subscribes to everything", async () => {
  const ready = "\x05READY\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0\0";
  await withServer("DEALER", [], async (socket, received) => {
    await Promise.all([socket.send(["one", "é"]), socket.send(["b".repeat(256)])]);
    const bytes = await received();
    assertEquals([...bytes.subarray(0, 16)], [0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0, 0x4e, 0x55, 0x4c, 0x4c]);
    const sent = text(bytes.subarray(64));
    assertEquals(
      sent,
      `\x04${String.fromCharCode(ready.length)}${ready}\x01\x03one\0\x02é\x02\0\0\0\0\0\0\x01\0${"b".repeat(256)}`,
    );
  });
  await withServer("SUB", [], async (_, received) => assertEquals([...(await received()).slice(-3)], [0, 1, 1]));
});

Deno.test("a port that speaks something else is refused", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const connected = Socket.connect("SUB", port);
  using connection = await listener.accept();
  await connection.write(new TextEncoder().encode(`HTTP/1.1 400 Bad Request\r\n${" ".repeat(60)}`));
  await assertRejects(() => connected, Error, "does not speak ZMTP 3");
});
