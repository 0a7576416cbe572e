/** Storage for a checkpoint other than a file. */
export interface CheckpointStore {
  /** Reads the text written last; undefined if there is none. */
  read(): Promise<string | undefined>;
  /** Replaces the text completely, or leaves it unchanged and rejects. */
  write(text: string): Promise<void>;
}

/** Returns the files of Deno or Node.js; nothing in a browser. An import would have to be resolved by every bundler. */
export const fileSystem = (): typeof import("node:fs/promises") | undefined =>
  globalThis.process?.getBuiltinModule?.("node:fs/promises");

/** Keeps a checkpoint in a file. The text is written to a file beside it, flushed to disk and renamed, so a crash leaves a whole file. */
export function checkpointFile(path: string): CheckpointStore {
  const beside = `${path}.tmp`, fs = fileSystem()!;
  return {
    read: async () => {
      try {
        return await fs.readFile(path, "utf8");
      } catch (error) {
        if ((error as { code?: string }).code === "ENOENT") return undefined;
        throw error;
      }
    },
    write: async (text) => {
      try {
        const file = await fs.open(beside, "w");
        try {
          await file.writeFile(text);
          await file.sync();
        } finally {
          await file.close();
        }
        await fs.rename(beside, path);
      } catch (error) {
        await fs.rm(beside, { force: true });
        throw error;
      }
    },
  };
}
