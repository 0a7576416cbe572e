// Names that the library looks for at run time and that are in none of the package's types.
// deno-lint-ignore-file no-explicit-any
declare const Deno: any;
declare module "jstat";
