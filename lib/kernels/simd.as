// The two passes over tables in a heap, that of TensorFlow.js' wasm backend or one of this library: AssemblyScript, built
// by `deno task kernels`. Plain 128-bit SIMD: the same bytes on every machine. No data and no stack of its own.
//
// A table of c columns is read as vectors of 4 entries; after `period` vectors (c, c/2 or c/4) the columns repeat. A block
// is read once for each vector of the period, so that sums and constants stay in registers: constants are loaded from
// memory, since V8 would rebuild literals in every round. Sums are float32 over a block, then float64, a sum a lane.

// Bytes of a block: rounds of a period each, of which there are at least 16.
@inline function blockOf(stride: usize): usize {
  return stride > 128 ? stride * 16 : 2048 - 2048 % stride;
}

@inline function addLanes(at: usize, v: v128): void {
  const high = i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(v)));
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.promote_low_f32x4(high)), 16);
}

// Constants of a vector at c: 0 t rounded, 16 what is left of t, 32 k or k/K, 48 K or 1/K, 64 β, 80 |·| mask, 96 one,
// 112 ½, 128 −½, 144 ramp's first, 160 its last. Shapes: 0 softsign, 1 softsign about ½ whose β is left to the sums,
// 2 ramp, 3 identity, 4 none.
//
// Sums of the lanes of a vector at out: Σ w (weighted), Σ w·y, Σ w·s, Σ w·y·s, 32 bytes each. At marks: the greatest bits
// of p and y, of w, and the least of w − 1. Where nothing is kept, keep is 0 and d one vector.
@inline function count(
  shape: i32, hard: bool, weighted: bool,
  p: usize, y: usize, w: usize, d: usize, keep: usize, n: usize, period: usize, c: usize, cStep: usize, out: usize,
  marks: usize,
): void {
  const stride = period * 16, end = p + n * 4, dStride = keep * stride, block = blockOf(stride);
  let most = i32x4.splat(0), mostW = i32x4.splat(0), leastW = i32x4.splat(-1);
  while (p < end) {
    let size = block;
    if (size > end - p) size = end - p;
    for (let v: usize = 0, k = c, o = out; v < stride; v += 16, k += cStep, o += 128) {
      const t = v128.load(k), left = v128.load(k, 16), steepness = v128.load(k, 32), factor = v128.load(k, 48);
      const base = v128.load(k, 64), mask = v128.load(k, 80), one = v128.load(k, 96);
      let sumY = i32x4.splat(0), sumS = sumY, sumH = sumY, sumW = sumY;
      let pp = p + v, yy = y + v, ww = w + v, dd = d + keep * v;
      const stop = p + size;
      while (pp < stop) {
        const pv = v128.load(pp), yv = v128.load(yy);
        most = i32x4.max_u(most, i32x4.max_u(pv, yv));
        let s = pv, slope = one;
        if (shape <= 1) {
          let u = f32x4.sub(pv, t);
          if (shape == 0) u = f32x4.sub(u, left);
          const h = f32x4.div(one, f32x4.add(factor, f32x4.mul(v128.and(u, mask), steepness)));
          slope = f32x4.mul(h, h);
          s = f32x4.mul(u, h);
          if (shape == 0) s = f32x4.add(s, base);
        } else if (shape == 2) {
          slope = v128.and(v128.and(f32x4.ge(pv, v128.load(k, 144)), f32x4.le(pv, v128.load(k, 160))), one);
          const z = f32x4.mul(f32x4.sub(f32x4.sub(pv, t), left), steepness);
          s = f32x4.pmin(v128.load(k, 112), f32x4.pmax(v128.load(k, 128), z));
          s = f32x4.add(f32x4.mul(s, factor), base);
        } else if (shape == 4) slope = i32x4.splat(0);
        if (hard) s = v128.and(f32x4.gt(pv, t), one);
        if (weighted) {
          const wv = v128.load(ww);
          mostW = i32x4.max_u(mostW, wv);
          leastW = i32x4.min_u(leastW, i32x4.add(wv, i32x4.splat(-1)));
          sumW = f32x4.add(sumW, wv);
          s = f32x4.mul(s, wv);
          slope = f32x4.mul(slope, wv);
          sumY = f32x4.add(sumY, f32x4.mul(yv, wv));
          ww += stride;
        } else sumY = f32x4.add(sumY, yv);
        sumS = f32x4.add(sumS, s);
        sumH = f32x4.add(sumH, f32x4.mul(s, yv));
        v128.store(dd, slope);
        dd += dStride;
        pp += stride;
        yy += stride;
      }
      if (weighted) addLanes(o, sumW);
      addLanes(o + 32, sumY);
      addLanes(o + 64, sumS);
      addLanes(o + 96, sumH);
    }
    p += size;
    y += size;
    w += size;
    d += keep * size;
  }
  v128.store(marks, most);
  v128.store(marks, mostW, 16);
  v128.store(marks, leastW, 32);
}

// One for each shape and use: what is chosen by a constant costs no branch in the loop.
export function softsign(
  p: usize, y: usize, w: usize, d: usize, keep: usize, n: usize, period: usize, c: usize, cStep: usize, out: usize,
  marks: usize,
): void {
  count(0, false, false, p, y, w, d, keep, n, period, c, cStep, out, marks);
}
export function softsignWeighted(
  p: usize, y: usize, w: usize, d: usize, keep: usize, n: usize, period: usize, c: usize, cStep: usize, out: usize,
  marks: usize,
): void {
  count(0, false, true, p, y, w, d, keep, n, period, c, cStep, out, marks);
}
export function central(
  p: usize, y: usize, w: usize, d: usize, keep: usize, n: usize, period: usize, c: usize, cStep: usize, out: usize,
  marks: usize,
): void {
  count(1, false, false, p, y, w, d, keep, n, period, c, cStep, out, marks);
}
export function centralWeighted(
  p: usize, y: usize, w: usize, d: usize, keep: usize, n: usize, period: usize, c: usize, cStep: usize, out: usize,
  marks: usize,
): void {
  count(1, false, true, p, y, w, d, keep, n, period, c, cStep, out, marks);
}
export function linearRamp(
  p: usize, y: usize, w: usize, d: usize, keep: usize, n: usize, period: usize, c: usize, cStep: usize, out: usize,
  marks: usize,
): void {
  count(2, false, false, p, y, w, d, keep, n, period, c, cStep, out, marks);
}
export function linearRampWeighted(
  p: usize, y: usize, w: usize, d: usize, keep: usize, n: usize, period: usize, c: usize, cStep: usize, out: usize,
  marks: usize,
): void {
  count(2, false, true, p, y, w, d, keep, n, period, c, cStep, out, marks);
}
export function identity(
  p: usize, y: usize, w: usize, d: usize, keep: usize, n: usize, period: usize, c: usize, cStep: usize, out: usize,
  marks: usize,
): void {
  count(3, false, false, p, y, w, d, keep, n, period, c, cStep, out, marks);
}
export function identityWeighted(
  p: usize, y: usize, w: usize, d: usize, keep: usize, n: usize, period: usize, c: usize, cStep: usize, out: usize,
  marks: usize,
): void {
  count(3, false, true, p, y, w, d, keep, n, period, c, cStep, out, marks);
}
export function softsignHard(
  p: usize, y: usize, w: usize, d: usize, keep: usize, n: usize, period: usize, c: usize, cStep: usize, out: usize,
  marks: usize,
): void {
  count(0, true, false, p, y, w, d, keep, n, period, c, cStep, out, marks);
}
export function softsignHardWeighted(
  p: usize, y: usize, w: usize, d: usize, keep: usize, n: usize, period: usize, c: usize, cStep: usize, out: usize,
  marks: usize,
): void {
  count(0, true, true, p, y, w, d, keep, n, period, c, cStep, out, marks);
}
export function roundHard(
  p: usize, y: usize, w: usize, d: usize, keep: usize, n: usize, period: usize, c: usize, cStep: usize, out: usize,
  marks: usize,
): void {
  count(4, true, false, p, y, w, d, keep, n, period, c, cStep, out, marks);
}
export function roundHardWeighted(
  p: usize, y: usize, w: usize, d: usize, keep: usize, n: usize, period: usize, c: usize, cStep: usize, out: usize,
  marks: usize,
): void {
  count(4, true, true, p, y, w, d, keep, n, period, c, cStep, out, marks);
}

// The second pass, in place: D becomes D·f, f = m + (y − e)·δ; m, e and δ of a vector at c.
export function finish(d: usize, y: usize, n: usize, period: usize, c: usize, cStep: usize): void {
  const stride = period * 16, end = d + n * 4, block = blockOf(stride);
  while (d < end) {
    let size = block;
    if (size > end - d) size = end - d;
    for (let v: usize = 0, k = c; v < stride; v += 16, k += cStep) {
      const m = v128.load(k), e = v128.load(k, 16), delta = v128.load(k, 32), stop = d + size;
      let dd = d + v, yy = y + v;
      while (dd < stop) {
        const f = f32x4.add(m, f32x4.mul(f32x4.sub(v128.load(yy), e), delta));
        v128.store(dd, f32x4.mul(v128.load(dd), f));
        dd += stride;
        yy += stride;
      }
    }
    d += size;
    y += size;
  }
}

// Bytes, as the cpu backend keeps labels that were bool, as numbers; n is a multiple of 4.
export function widen(from: usize, to: usize, n: usize): void {
  const end = from + n;
  while (from < end) {
    v128.store(to, f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load_zero<u32>(from)))));
    from += 4;
    to += 16;
  }
}
