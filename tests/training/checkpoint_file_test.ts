// The file of a checkpoint: read as it was written, none before, replaced as a whole, closed.
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { checkpointFile, fileSystem } from "../../lib/training/checkpoint_file.ts";

Deno.test("a checkpoint's file is none at first, then the last text; it is closed, and nothing is left beside it", async () => {
  const folder = await Deno.makeTempDir(), fs = fileSystem()!, { open } = fs;
  let opened = 0;
  try {
    const file = checkpointFile(`${folder}/checkpoint`);
    assertStrictEquals(await file.read(), undefined);
    fs.open = async (...args) => {
      const handle = await open(...args), close = handle.close.bind(handle);
      opened++;
      return Object.assign(handle, { close: () => (opened--, close()) });
    };
    for (const text of ["first, and longer", "second"]) {
      await file.write(text);
      assertStrictEquals(await file.read(), text);
    }
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["checkpoint"]);
    assertStrictEquals(opened, 0);
  } finally {
    fs.open = open;
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a checkpoint that cannot be read or replaced says so, and leaves nothing beside it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/checkpoint/inside`, { recursive: true });
    const file = checkpointFile(`${folder}/checkpoint`);
    await assertRejects(() => file.read());
    await assertRejects(() => file.write("text"));
    await assertRejects(() => checkpointFile(`${folder}/none/checkpoint`).write("text"), Error, "open");
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["checkpoint"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
