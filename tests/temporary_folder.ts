/** Temporary folder that is removed at the end of its scope. */
export class TemporaryFolder implements Disposable {
  /** Path of the folder. */
  readonly folder: string;

  /** Makes the folder; in the folder `dir` if it is given. */
  constructor(options: { dir?: string; prefix?: string } = {}) {
    this.folder = Deno.makeTempDirSync({ prefix: "roundabout-", ...options });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}
