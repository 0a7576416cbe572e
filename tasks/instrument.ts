/**
 * Writes all mutants of some files into the copy of the project in the working folder, each switched on by its number, and
 * prints the list of them: `deno run --no-config --no-lock instrument.ts FILE...`.
 *
 * StrykerJS's instrumenter is not a dependency of the project: npm provides it when this script runs.
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
/** Switches and counts, instead of the instrumenter's, which count in every run and compare texts. */
const switches =
  `const stryker = globalThis.__stryker__ ??= { active: Number(globalThis.process?.env.__STRYKER_ACTIVE_MUTANT__) };
function stryMutAct_9fa48(id) {
  if (stryker.active !== id) return false;
  if (++stryker.hitCount > stryker.hitLimit) throw new Error("the mutant's code runs too often");
  return true;
}
function stryCov_9fa48(...ids) {
  if (stryker.hits !== undefined) for (const id of ids) stryker.hits[id] = (stryker.hits[id] ?? 0) + 1;
}`;
const theirs = /function stryNS_9fa48\(\) \{.*?\n {2}stryMutAct_9fa48 = isActive;\n {2}return isActive\(id\);\n\}/s;
for (const { name, content } of files) {
  const own = content.replace(theirs, () => switches)
    .replace(
      /\b(stryMutAct_9fa48|stryCov_9fa48)\(([^)]*)\)/g,
      (_: string, name: string, ids: string) => `${name}(${ids.replaceAll('"', "")})`,
    );
  Deno.writeTextFileSync(name, own);
}
console.log(JSON.stringify(mutants));
