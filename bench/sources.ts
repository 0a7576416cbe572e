import { root } from "../tasks/cli.ts";

/** The files on which a record depends: the kernels, their callers, and the measuring code. */
const folders = ["lib/kernels/", "bench/"], files = ["lib/loss_and_gradient.ts", "lib/losses/metric_loss.ts"];
const isSource = (name: string) => /\.(ts|as|py|txt)$/.test(name);

/** Hashes all sources that a record depends on, in the folder of the repository: a record of a different hash is out of date. */
export async function sourcesHash(top: URL = root): Promise<string> {
  const paths = [...files];
  for (const folder of folders) {
    for await (const { name } of Deno.readDir(new URL(folder, top))) if (isSource(name)) paths.push(folder + name);
  }
  const hashes = await Promise.all(
    paths.sort().map(async (path) => `${path} ${await sha256(await Deno.readFile(new URL(path, top)))}\n`),
  );
  return await sha256(new TextEncoder().encode(hashes.join("")));
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
