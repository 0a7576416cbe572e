// The product of two float32 tables, for dense layers, in a heap of its own: AssemblyScript, built by `deno task kernels`.
// Plain 128-bit SIMD.
//
//     c[i, j] += Σ a[i, k]·b[k, j] over k        in float64
//
// Steps from an entry to the next are in bytes, so that a transposed table is read as it lies. Four rows by two columns are
// summed in registers; where fewer are left, what lies behind the tables is read too, and its sums are not used: there is
// room for three rows more of each table, and c has whole fours of rows and whole pairs of columns.
//
// The products of a group of k are summed first, then added to c. If `single`, c is rounded to float32 each time, as
// TensorFlow.js's cpu backend does; if not, the products that are left of the last group are added one by one.
export function product(
  a: usize,
  aRow: usize,
  aInner: usize,
  b: usize,
  bInner: usize,
  bColumn: usize,
  c: usize,
  rows: usize,
  inner: usize,
  columns: usize,
  group: usize,
  single: bool,
): void {
  const row = (columns + 1 & ~1) * 8;
  for (let i: usize = 0; i < rows; i += 4) {
    for (let j: usize = 0; j < columns; j += 2) {
      const at = c + i * row + j * 8;
      let p = a + i * aRow, q = b + j * bColumn;
      for (let k: usize = 0, size: usize = 0; k < inner; k += size) {
        size = min(group, inner - k);
        if (size < group && !single) size = 1;
        let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
        for (let n = size; n > 0; n--) {
          const v = f64x2.promote_low_f32x4(v128.load32_lane(q + bColumn, v128.load32_zero(q), 1));
          s0 = f64x2.add(s0, f64x2.mul(v, splat(p)));
          s1 = f64x2.add(s1, f64x2.mul(v, splat(p + aRow)));
          s2 = f64x2.add(s2, f64x2.mul(v, splat(p + 2 * aRow)));
          s3 = f64x2.add(s3, f64x2.mul(v, splat(p + 3 * aRow)));
          p += aInner;
          q += bInner;
        }
        add(at, s0, single);
        add(at + row, s1, single);
        add(at + 2 * row, s2, single);
        add(at + 3 * row, s3, single);
      }
    }
  }
}

@inline function splat(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load32_splat(at));
}

@inline function add(at: usize, s: v128, single: bool): void {
  const sum = f64x2.add(v128.load(at), s);
  v128.store(at, single ? f64x2.promote_low_f32x4(f32x4.demote_f64x2_zero(sum)) : sum);
}
