/**
 * Writes all mutants of some files into the copy of the project in the working folder, each switched on by its number, and
 * prints the list of them: `deno run --no-config --no-lock instrument.ts FILE...`.
 *
 * StrykerJS's instrumenter is no dependency of the project: npm gives it when this script runs.
 *
 * @module
 */
const instrumenter = "npm:@stryker-mutator/instrumenter@9.6.1";
const { Instrumenter } = await import(instrumenter);
const logger = { debug() {}, info() {}, warn() {}, isDebugEnabled: () => false };
const read = (name: string) => ({ name, content: Deno.readTextFileSync(name), mutate: true });
const { files, mutants } = await new Instrumenter(logger).instrument(Deno.args.map(read), {
  plugins: null,
  ignorers: [],
  // Words of messages are free.
  excludedMutations: ["StringLiteral"],
});
for (const { name, content } of files) Deno.writeTextFileSync(name, content);
console.log(JSON.stringify(mutants));
