import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { groupRows, listOf } from "../../lib/numerics/group_by.ts";

Deno.test("rows are grouped by class, rising, whatever classes are empty", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 50 }), (classOf) => {
    const { rows, classes } = groupRows(classOf, 7), wanted = Array.from({ length: 7 }, (): number[] => []);
    classOf.forEach((k, row) => wanted[k].push(row));
    assertEquals(classes.map(listOf), wanted);
    assertEquals(listOf(rows), wanted.flat());
  }));
});
