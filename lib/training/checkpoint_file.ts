import type { CheckpointStore } from "./fit_options.ts";

const encoder = new TextEncoder();

/** Keeps a checkpoint in a file. The text is written to a file beside it, flushed to disk and renamed, so a crash leaves a whole file. */
export function checkpointFile(path: string): CheckpointStore {
  const beside = `${path}.tmp`;
  return {
    read: async () => {
      try {
        return await Deno.readTextFile(path);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
    },
    write: async (text) => {
      try {
        const file = await Deno.open(beside, { write: true, create: true, truncate: true });
        try {
          const bytes = encoder.encode(text);
          for (let sent = 0; sent < bytes.length;) sent += await file.write(bytes.subarray(sent));
          await file.sync();
        } finally {
          file.close();
        }
        await Deno.rename(beside, path);
      } catch (error) {
        await Deno.remove(beside).catch(() => {}); // it may not exist
        throw error;
      }
    },
  };
}
