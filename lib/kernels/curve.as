// The counts of a curve at many thresholds, and their gradient, over a column in a heap: AssemblyScript, built by `deno task
// kernels`. The numbers are float64 in the order of the rows, as those of `curves/binned_curve.ts`, whose words are used here.

@inline function add(at: usize, v: v128): void {
  v128.store(at, f64x2.add(v128.load(at), v));
}

// The interval of a number, from its cell: the first interval of the cell, or the next one beyond the cell's bound.
@inline function place(cell: usize, bits: i32): usize {
  return load<u32>(cell) + <usize>(bits > load<i32>(cell, 4));
}

// 1 and the place on the ramp.
@inline function ramp(v: f32, b: usize, ramps: usize, one: v128): v128 {
  const at = ramps + 16 * b;
  return f64x2.pmin(f64x2.replace_lane(one, 1, (<f64>v - load<f64>(at)) * load<f64>(at, 8)), one);
}

// A hard label without weight: the sums of its kind. 1 has the bits 0x3f800000.
@inline function addHard(sums: usize, b: usize, label: u32, s: v128): void {
  add(sums + 32 * b + (label == 0 ? 16 : 0), s);
}

@inline function addSoft(sums: usize, b: usize, label: f32, weight: f64, s: v128): void {
  const at = sums + 32 * b, positive = weight * <f64>label;
  add(at, f64x2.mul(f64x2.splat(positive), s));
  add(at + 16, f64x2.mul(f64x2.splat(weight - positive), s));
}

// Sums of each interval, 32 bytes: Σ w·y, Σ w·y·s, Σ w·(1 − y), Σ w·(1 − y)·s. Of each number the interval is kept at `to`, where
// keep is 16, not 0. Constants at k: 0 ½, 16 1, 32 the lowest cell, 48 the highest, 64 the cells of a half, 80 the address of
// cell 0; in float64 96 1. A cell has 8 bytes, a ramp 16: its start and 1/width. At marks: the greatest bits of p and y,
// of w. n is a multiple of 4.
export function count(
  p: usize, y: usize, w: usize, to: usize, keep: usize, n: usize, k: usize, ramps: usize, sums: usize, marks: usize,
): void {
  const half = v128.load(k), one = v128.load(k, 16), lowest = v128.load(k, 32), highest = v128.load(k, 48);
  const cellsOfHalf = v128.load(k, 64), cells = v128.load(k, 80), ones = v128.load(k, 96), end = p + 4 * n;
  let most = v128.load(marks), mostW = v128.load(marks, 16), weights = ones, weightsHigh = ones;
  while (p < end) {
    const v = v128.load(p), label = v128.load(y), upper = f32x4.ge(v, half);
    most = i32x4.max_u(most, i32x4.max_u(v, label));
    let cell = i32x4.shr_u(f32x4.abs(f32x4.sub(v, v128.and(upper, one))), 18);
    cell = i32x4.add(i32x4.min_u(highest, i32x4.max_u(lowest, cell)), v128.and(upper, cellsOfHalf));
    cell = i32x4.add(cells, i32x4.shl(cell, 3));
    const b0 = place(i32x4.extract_lane(cell, 0), i32x4.extract_lane(v, 0));
    const b1 = place(i32x4.extract_lane(cell, 1), i32x4.extract_lane(v, 1));
    const b2 = place(i32x4.extract_lane(cell, 2), i32x4.extract_lane(v, 2));
    const b3 = place(i32x4.extract_lane(cell, 3), i32x4.extract_lane(v, 3));
    store<u32>(to, <u32>b0);
    store<u32>(to, <u32>b1, 4);
    store<u32>(to, <u32>b2, 8);
    store<u32>(to, <u32>b3, 12);
    const s0 = ramp(f32x4.extract_lane(v, 0), b0, ramps, ones), s1 = ramp(f32x4.extract_lane(v, 1), b1, ramps, ones);
    const s2 = ramp(f32x4.extract_lane(v, 2), b2, ramps, ones), s3 = ramp(f32x4.extract_lane(v, 3), b3, ramps, ones);
    if (w == 0 && !v128.any_true(v128.and(i32x4.ne(label, one), label))) {
      addHard(sums, b0, i32x4.extract_lane(label, 0), s0);
      addHard(sums, b1, i32x4.extract_lane(label, 1), s1);
      addHard(sums, b2, i32x4.extract_lane(label, 2), s2);
      addHard(sums, b3, i32x4.extract_lane(label, 3), s3);
    } else {
      if (w != 0) {
        const wv = v128.load(w);
        mostW = i32x4.max_u(mostW, wv);
        weights = f64x2.promote_low_f32x4(wv);
        weightsHigh = f64x2.promote_low_f32x4(i32x4.shuffle(wv, wv, 2, 3, 2, 3));
        w += 16;
      }
      addSoft(sums, b0, f32x4.extract_lane(label, 0), f64x2.extract_lane(weights, 0), s0);
      addSoft(sums, b1, f32x4.extract_lane(label, 1), f64x2.extract_lane(weights, 1), s1);
      addSoft(sums, b2, f32x4.extract_lane(label, 2), f64x2.extract_lane(weightsHigh, 0), s2);
      addSoft(sums, b3, f32x4.extract_lane(label, 3), f64x2.extract_lane(weightsHigh, 1), s3);
    }
    p += 16;
    y += 16;
    to += keep;
  }
  v128.store(marks, most);
  v128.store(marks, mostW, 16);
}

// The gradient of an entry, of its interval: the slope of a negative, and what a positive has more.
@inline function slope(d: usize, y: usize, slopes: usize): f64 {
  const at = slopes + 16 * <usize>load<u32>(d);
  return load<f64>(at) + <f64>load<f32>(y) * load<f64>(at, 8);
}

// The gradient, in the place of the intervals.
export function finish(d: usize, y: usize, w: usize, n: usize, slopes: usize): void {
  for (const end = d + 4 * n; d < end; d += 16, y += 16) {
    let g0 = slope(d, y, slopes), g1 = slope(d + 4, y + 4, slopes);
    let g2 = slope(d + 8, y + 8, slopes), g3 = slope(d + 12, y + 12, slopes);
    if (w != 0) {
      g0 *= <f64>load<f32>(w);
      g1 *= <f64>load<f32>(w, 4);
      g2 *= <f64>load<f32>(w, 8);
      g3 *= <f64>load<f32>(w, 12);
      w += 16;
    }
    store<f32>(d, <f32>g0);
    store<f32>(d, <f32>g1, 4);
    store<f32>(d, <f32>g2, 8);
    store<f32>(d, <f32>g3, 12);
  }
}
