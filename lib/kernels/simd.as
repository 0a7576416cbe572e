// The two passes over tables in a heap, that of TensorFlow.js' wasm backend or one of this library: AssemblyScript, built
// by `deno task kernels`. Plain 128-bit SIMD: the same bytes on every machine. No data and no stack of its own.
//
// A table of c columns is read as vectors of 4 entries; after `period` vectors (c, c/2 or c/4) the columns repeat. A block
// is read once for each vector of the period, so that sums and constants stay in registers: constants are loaded from
// memory, since V8 would rebuild literals in every round. Sums are float32 over some rounds, then float64, a sum a lane.
//
// One loop makes s and D of a block, by the shape, another adds them up, by the use: both in one loop is no faster where
// the registers do not suffice for it, and would want a copy for each pair. Only the commonest pair has one.

// So many rounds are added up in float32: more of the same number would be rounded the same way again and again.
const ROUNDS: usize = 32;

// Bytes of a block. Whoever passes a table on in pieces wants to know it: sums have the same bytes if pieces are whole
// blocks.
export function blockBytes(stride: usize): usize {
  if (stride > 128) return stride * (ROUNDS / 2);
  return stride * (stride > 64 ? ROUNDS : stride > 32 ? 2 * ROUNDS : 4 * ROUNDS);
}

@inline function addLanes(at: usize, v: v128): void {
  const high = i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(v)));
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.promote_low_f32x4(high)), 16);
}

// A thread does not add its sums up: those of each group of rounds go to a place of their own (outStep apart, 0: one place for
// all), and `gather` adds them in the order of the rows. The bytes are then the same for any number of threads.
@inline function groupsOf(size: usize, group: usize): usize {
  return (size + group - 1) / group;
}

@inline function clear(out: usize, outStep: usize, groups: usize): void {
  if (outStep != 0) memory.fill(out, 0, outStep * groups);
}

export function gather(out: usize, from: usize, groups: usize, bytes: usize): void {
  for (const end = from + groups * bytes; from < end; from += bytes) {
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(out + at, f64x2.add(v128.load(out + at), v128.load(from + at)));
    }
  }
}

const SOFTSIGN = 0, RAMP = 1, IDENTITY = 2, ROUND = 3, LOGISTIC = 4, ARCTAN = 5, GAUSSIAN = 6;

// The coefficients of 2^r = 1 + r·(c0 + r·(c1 + …)) for |r| ≤ ½, off by 2e-9.
function storePower(q: usize): void {
  v128.store(q, f32x4.splat(0.693147206));
  v128.store(q, f32x4.splat(0.240226469), 16);
  v128.store(q, f32x4.splat(0.0555032878), 32);
  v128.store(q, f32x4.splat(0.00961848897), 48);
  v128.store(q, f32x4.splat(0.00133999313), 64);
  v128.store(q, f32x4.splat(0.000153458104), 80);
}

@inline function power(r: v128, one: v128, q: usize): v128 {
  // In pairs: shorter chains than one after the other.
  const rr = f32x4.mul(r, r);
  const v01 = f32x4.add(one, f32x4.mul(v128.load(q), r));
  const v23 = f32x4.add(v128.load(q, 16), f32x4.mul(v128.load(q, 32), r));
  let v45 = f32x4.add(v128.load(q, 48), f32x4.mul(v128.load(q, 64), r));
  v45 = f32x4.add(v45, f32x4.mul(v128.load(q, 80), rr));
  return f32x4.add(v01, f32x4.mul(rr, f32x4.add(v23, f32x4.mul(v45, rr))));
}

// What exp2 counts with, at q.
function storeExp2(q: usize): void {
  storePower(q);
  v128.store(q, f64x2.splat(6755399441055744), 96); // 1.5·2^52: what is added to it is rounded to a whole number
  v128.store(q, f64x2.splat(-250), 112); // below, float32 has no more than 0
  v128.store(q, i32x4.splat(127), 128);
}

// The coefficients of atan(a)/π = a·(c0 + a²·(c1 + …)) for 0 ≤ a ≤ 1, off by 2e-9.
function storeArctan(q: usize): void {
  v128.store(q, f32x4.splat(0.31830985));
  v128.store(q, f32x4.splat(-0.106100952), 16);
  v128.store(q, f32x4.splat(0.0636171177), 32);
  v128.store(q, f32x4.splat(-0.0450765961), 48);
  v128.store(q, f32x4.splat(0.0334191948), 64);
  v128.store(q, f32x4.splat(-0.0230292872), 80);
  v128.store(q, f32x4.splat(0.0126627786), 96);
  v128.store(q, f32x4.splat(-0.00458410679), 112);
  v128.store(q, f32x4.splat(0.000782002532), 128);
}

// The coefficients of ½ erfc(x) = e^(−x²)·h·(c0 + h·(c1 + …)), h = 1/(1 + 0.45·x), for x ≥ 0, off by 6e-10.
function storeErfc(q: usize): void {
  v128.store(q, f32x4.splat(0.129494855), 144);
  v128.store(q, f32x4.splat(0.100504604), 160);
  v128.store(q, f32x4.splat(0.230085611), 176);
  v128.store(q, f32x4.splat(-0.187901924), 192);
  v128.store(q, f32x4.splat(0.428584409), 208);
  v128.store(q, f32x4.splat(-0.247052432), 224);
  v128.store(q, f32x4.splat(0.0462848783), 240);
}

// 2^x of four x ≤ 0, two and two in float64: in float32 a large x would have lost the digits that make the result.
@inline function exp2(low: v128, high: v128, one: v128, q: usize): v128 {
  const whole = v128.load(q, 96), least = v128.load(q, 112), bias = v128.load(q, 128);
  low = f64x2.pmax(least, low);
  high = f64x2.pmax(least, high);
  const lowN = f64x2.add(low, whole), highN = f64x2.add(high, whole);
  low = f32x4.demote_f64x2_zero(f64x2.sub(low, f64x2.sub(lowN, whole)));
  high = f32x4.demote_f64x2_zero(f64x2.sub(high, f64x2.sub(highN, whole)));
  const r = i32x4.shuffle(low, high, 0, 1, 4, 5), n = i32x4.shuffle(lowN, highN, 0, 2, 4, 6), half = i32x4.shr_s(n, 1);
  let v = power(r, one, q);
  // By 2^n in two steps: each is a power that float32 has, and the second rounds once where float32 has few digits left.
  v = f32x4.mul(v, i32x4.shl(i32x4.add(half, bias), 23));
  return f32x4.mul(v, i32x4.shl(i32x4.add(i32x4.sub(n, half), bias), 23));
}

// atan(z)/π of four z ≥ 0.
@inline function arctanOf(z: v128, half: v128, one: v128, q: usize): v128 {
  const a = f32x4.div(f32x4.pmin(z, one), f32x4.pmax(z, one)), b = f32x4.mul(a, a);
  const bb = f32x4.mul(b, b), b4 = f32x4.mul(bb, bb);
  const v01 = f32x4.add(v128.load(q), f32x4.mul(v128.load(q, 16), b));
  const v23 = f32x4.add(v128.load(q, 32), f32x4.mul(v128.load(q, 48), b));
  const v45 = f32x4.add(v128.load(q, 64), f32x4.mul(v128.load(q, 80), b));
  const v67 = f32x4.add(v128.load(q, 96), f32x4.mul(v128.load(q, 112), b));
  const low = f32x4.add(v01, f32x4.mul(v23, bb));
  const high = f32x4.add(f32x4.add(v45, f32x4.mul(v67, bb)), f32x4.mul(v128.load(q, 128), b4));
  const v = f32x4.mul(a, f32x4.add(low, f32x4.mul(high, b4)));
  return v128.bitselect(f32x4.sub(half, v), v, f32x4.gt(z, one));
}

// ½ erfc(x) of four x ≥ 0, of which e^(−x²) is known.
@inline function halfErfc(x: v128, e: v128, one: v128, q: usize): v128 {
  const h = f32x4.div(one, f32x4.add(one, x));
  const hh = f32x4.mul(h, h);
  const v01 = f32x4.add(v128.load(q, 144), f32x4.mul(v128.load(q, 160), h));
  const v23 = f32x4.add(v128.load(q, 176), f32x4.mul(v128.load(q, 192), h));
  const v45 = f32x4.add(v128.load(q, 208), f32x4.mul(v128.load(q, 224), h));
  const v456 = f32x4.add(v45, f32x4.mul(v128.load(q, 240), hh));
  const v = f32x4.add(v01, f32x4.mul(hh, f32x4.add(v23, f32x4.mul(v456, hh))));
  return f32x4.mul(f32x4.mul(v, h), e);
}

// K·F + β from K − 1, which has more digits of a K that is nearly 1: s is to be exactly 0 and 1 at the bounds.
@inline function scaled(f: v128, less: v128, base: v128): v128 {
  return f32x4.add(f32x4.add(f, f32x4.mul(f, less)), base);
}

// Constants of a vector at c: 0 t rounded, 16 what is left of t, 32 k (softsign: k/K; gaussian: 0.45·k/√2), 48 K
// (softsign: 1/K; where F is approximated: K − 1), 64 β, 80 |·| mask, 96 one, 112 ½, 128 −½, 144 ramp's first, 160 its
// last; in float64, two lanes each, 176 and 192 t, 208 and 224 κ with e^(−k|u|) = 2^(−κ|u|), e^(−(ku)²/2) = 2^(−(κu)²).

// s to `to` and D to d, of the vectors at p, p + stride, … below stop.
@inline function fill(
  shape: i32, hard: bool, p: usize, stop: usize, stride: usize, d: usize, dStride: usize, to: usize, k: usize, q: usize,
): void {
  const t = v128.load(k), left = v128.load(k, 16), steepness = v128.load(k, 32), factor = v128.load(k, 48);
  const base = v128.load(k, 64), mask = v128.load(k, 80), one = v128.load(k, 96);
  while (p < stop) {
    const pv = v128.load(p);
    let s = pv, slope = one;
    if (shape == SOFTSIGN) {
      const u = f32x4.sub(f32x4.sub(pv, t), left);
      const h = f32x4.div(one, f32x4.add(factor, f32x4.mul(v128.and(u, mask), steepness)));
      slope = f32x4.mul(h, h);
      s = f32x4.add(f32x4.mul(u, h), base);
    } else if (shape == RAMP) {
      slope = v128.and(v128.and(f32x4.ge(pv, v128.load(k, 144)), f32x4.le(pv, v128.load(k, 160))), one);
      const z = f32x4.mul(f32x4.sub(f32x4.sub(pv, t), left), steepness);
      s = f32x4.pmin(v128.load(k, 112), f32x4.pmax(v128.load(k, 128), z));
      s = f32x4.add(f32x4.mul(s, factor), base);
    } else if (shape == ROUND) slope = i32x4.splat(0);
    else if (shape == ARCTAN) {
      const u = f32x4.sub(f32x4.sub(pv, t), left), z = f32x4.mul(v128.and(u, mask), steepness);
      slope = f32x4.div(one, f32x4.add(one, f32x4.mul(z, z)));
      if (!hard) {
        s = arctanOf(z, v128.load(k, 112), one, q);
        s = scaled(v128.or(s, v128.andnot(u, mask)), factor, base);
      }
    } else if (shape >= LOGISTIC) {
      const high = i8x16.shuffle(pv, pv, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
      let a = f64x2.mul(f64x2.sub(f64x2.promote_low_f32x4(pv), v128.load(k, 176)), v128.load(k, 208));
      let b = f64x2.mul(f64x2.sub(f64x2.promote_low_f32x4(high), v128.load(k, 192)), v128.load(k, 224));
      if (shape == GAUSSIAN) {
        a = f64x2.neg(f64x2.mul(a, a));
        b = f64x2.neg(f64x2.mul(b, b));
      } else {
        a = f64x2.neg(f64x2.abs(a));
        b = f64x2.neg(f64x2.abs(b));
      }
      const e = exp2(a, b, one, q);
      if (shape == GAUSSIAN) slope = e;
      else {
        const h = f32x4.div(one, f32x4.add(one, e));
        slope = f32x4.mul(f32x4.mul(e, h), h);
        s = f32x4.mul(f32x4.mul(v128.load(k, 112), f32x4.sub(one, e)), h);
      }
      if (!hard) {
        const u = f32x4.sub(f32x4.sub(pv, t), left);
        if (shape == GAUSSIAN) {
          s = f32x4.sub(v128.load(k, 112), halfErfc(f32x4.mul(v128.and(u, mask), steepness), e, one, q));
        }
        s = scaled(v128.or(s, v128.andnot(u, mask)), factor, base);
      }
    }
    v128.store(d, slope);
    v128.store(to, s);
    p += stride;
    d += dStride;
    to += 16;
  }
}

function fillSoftsign(
  hard: bool, p: usize, stop: usize, stride: usize, d: usize, dStride: usize, to: usize, k: usize, q: usize,
): void {
  fill(SOFTSIGN, false, p, stop, stride, d, dStride, to, k, q);
}
function fillRamp(
  hard: bool, p: usize, stop: usize, stride: usize, d: usize, dStride: usize, to: usize, k: usize, q: usize,
): void {
  fill(RAMP, false, p, stop, stride, d, dStride, to, k, q);
}
function fillIdentity(
  hard: bool, p: usize, stop: usize, stride: usize, d: usize, dStride: usize, to: usize, k: usize, q: usize,
): void {
  fill(IDENTITY, false, p, stop, stride, d, dStride, to, k, q);
}
function fillRound(
  hard: bool, p: usize, stop: usize, stride: usize, d: usize, dStride: usize, to: usize, k: usize, q: usize,
): void {
  fill(ROUND, false, p, stop, stride, d, dStride, to, k, q);
}
function fillLogistic(
  hard: bool, p: usize, stop: usize, stride: usize, d: usize, dStride: usize, to: usize, k: usize, q: usize,
): void {
  fill(LOGISTIC, hard, p, stop, stride, d, dStride, to, k, q);
}
function fillArctan(
  hard: bool, p: usize, stop: usize, stride: usize, d: usize, dStride: usize, to: usize, k: usize, q: usize,
): void {
  fill(ARCTAN, hard, p, stop, stride, d, dStride, to, k, q);
}
function fillGaussian(
  hard: bool, p: usize, stop: usize, stride: usize, d: usize, dStride: usize, to: usize, k: usize, q: usize,
): void {
  fill(GAUSSIAN, hard, p, stop, stride, d, dStride, to, k, q);
}

// Sums of the lanes of a vector at out: Σ w (weighted), Σ w·y, Σ w·s, Σ w·y·s, 32 bytes each. At marks: the greatest bits
// of p and y, of w, and the least of w − 1. D becomes w·D.
@inline function add(
  hard: bool, weighted: bool, p: usize, y: usize, w: usize, stop: usize, stride: usize, d: usize, dStride: usize,
  from: usize, k: usize, out: usize, outStep: usize, marks: usize,
): void {
  const t = v128.load(k), one = v128.load(k, 96);
  let most = v128.load(marks), mostW = i32x4.splat(0), leastW = mostW;
  if (weighted) {
    mostW = v128.load(marks, 16);
    leastW = v128.load(marks, 32);
  }
  while (p < stop) {
    let sumY = i32x4.splat(0), sumS = sumY, sumH = sumY, sumW = sumY, end = p + ROUNDS * stride;
    if (end > stop) end = stop;
    while (p < end) {
      const pv = v128.load(p), yv = v128.load(y);
      most = i32x4.max_u(most, i32x4.max_u(pv, yv));
      let s = hard ? v128.and(f32x4.gt(pv, t), one) : v128.load(from);
      if (weighted) {
        const wv = v128.load(w);
        mostW = i32x4.max_u(mostW, wv);
        leastW = i32x4.min_u(leastW, i32x4.add(wv, i32x4.splat(-1)));
        sumW = f32x4.add(sumW, wv);
        s = f32x4.mul(s, wv);
        v128.store(d, f32x4.mul(v128.load(d), wv));
        sumY = f32x4.add(sumY, f32x4.mul(yv, wv));
        w += stride;
        d += dStride;
      } else sumY = f32x4.add(sumY, yv);
      sumS = f32x4.add(sumS, s);
      sumH = f32x4.add(sumH, f32x4.mul(s, yv));
      p += stride;
      y += stride;
      from += 16;
    }
    if (weighted) addLanes(out, sumW);
    addLanes(out + 32, sumY);
    addLanes(out + 64, sumS);
    addLanes(out + 96, sumH);
    out += outStep;
  }
  v128.store(marks, most);
  if (weighted) {
    v128.store(marks, mostW, 16);
    v128.store(marks, leastW, 32);
  }
}
function addSoft(
  p: usize, y: usize, w: usize, stop: usize, stride: usize, d: usize, dStride: usize, from: usize, k: usize,
  out: usize, outStep: usize, marks: usize,
): void {
  add(false, false, p, y, w, stop, stride, d, dStride, from, k, out, outStep, marks);
}
function addHard(
  p: usize, y: usize, w: usize, stop: usize, stride: usize, d: usize, dStride: usize, from: usize, k: usize,
  out: usize, outStep: usize, marks: usize,
): void {
  add(true, false, p, y, w, stop, stride, d, dStride, from, k, out, outStep, marks);
}
function addSoftWeighted(
  p: usize, y: usize, w: usize, stop: usize, stride: usize, d: usize, dStride: usize, from: usize, k: usize,
  out: usize, outStep: usize, marks: usize,
): void {
  add(false, true, p, y, w, stop, stride, d, dStride, from, k, out, outStep, marks);
}
function addHardWeighted(
  p: usize, y: usize, w: usize, stop: usize, stride: usize, d: usize, dStride: usize, from: usize, k: usize,
  out: usize, outStep: usize, marks: usize,
): void {
  add(true, true, p, y, w, stop, stride, d, dStride, from, k, out, outStep, marks);
}

// From marks on: what was seen, a vector of D that is not kept, coefficients, and the s of a block.
const COEFFICIENTS = 64, VALUES = 320;

// The first pass. Where nothing is kept, keep is 0 and d is marks + 48; where there are no weights, w is 0.
export function count(
  p: usize, y: usize, w: usize, d: usize, keep: usize, n: usize, period: usize, c: usize, cStep: usize, out: usize,
  outStep: usize, marks: usize, hard: bool, shape: i32,
): void {
  const stride = period * 16, end = p + n * 4, dStride = keep * stride, block = blockBytes(stride);
  const q = marks + COEFFICIENTS, to = marks + VALUES;
  const weighted = w != 0;
  clear(out, outStep, groupsOf(n * 4, min<usize>(ROUNDS * stride, block)));
  if (shape == LOGISTIC || shape == GAUSSIAN) storeExp2(q);
  if (shape == GAUSSIAN) storeErfc(q);
  if (shape == ARCTAN) storeArctan(q);
  while (p < end) {
    let size = block;
    if (size > end - p) size = end - p;
    for (let v: usize = 0, k = c, o = out; v < stride; v += 16, k += cStep, o += 128) {
      const pp = p + v, yy = y + v, ww = w + v, dd = d + keep * v, stop = p + size;
      if (shape == SOFTSIGN) fillSoftsign(hard, pp, stop, stride, dd, dStride, to, k, q);
      else if (shape == RAMP) fillRamp(hard, pp, stop, stride, dd, dStride, to, k, q);
      else if (shape == IDENTITY) fillIdentity(hard, pp, stop, stride, dd, dStride, to, k, q);
      else if (shape == ROUND) fillRound(hard, pp, stop, stride, dd, dStride, to, k, q);
      else if (shape == LOGISTIC) fillLogistic(hard, pp, stop, stride, dd, dStride, to, k, q);
      else if (shape == ARCTAN) fillArctan(hard, pp, stop, stride, dd, dStride, to, k, q);
      else fillGaussian(hard, pp, stop, stride, dd, dStride, to, k, q);
      if (weighted) {
        if (hard) addHardWeighted(pp, yy, ww, stop, stride, dd, dStride, to, k, o, outStep, marks);
        else addSoftWeighted(pp, yy, ww, stop, stride, dd, dStride, to, k, o, outStep, marks);
      } else if (hard) addHard(pp, yy, ww, stop, stride, dd, dStride, to, k, o, outStep, marks);
      else addSoft(pp, yy, ww, stop, stride, dd, dStride, to, k, o, outStep, marks);
    }
    p += size;
    y += size;
    w += size;
    d += keep * size;
    out += outStep * groupsOf(size, ROUNDS * stride);
  }
}

// The softsign about ½, whose β is left to the sums, in one loop.
export function central(
  p: usize, y: usize, _w: usize, d: usize, keep: usize, n: usize, period: usize, c: usize, cStep: usize, out: usize,
  outStep: usize, marks: usize,
): void {
  const stride = period * 16, end = p + n * 4, dStride = keep * stride, block = min<usize>(ROUNDS * stride, blockBytes(stride));
  clear(out, outStep, groupsOf(n * 4, block));
  let most = v128.load(marks);
  while (p < end) {
    let size = block;
    if (size > end - p) size = end - p;
    for (let v: usize = 0, k = c, o = out; v < stride; v += 16, k += cStep, o += 128) {
      const t = v128.load(k), steepness = v128.load(k, 32), factor = v128.load(k, 48), mask = v128.load(k, 80);
      const one = v128.load(k, 96);
      let sumY = i32x4.splat(0), sumS = sumY, sumH = sumY;
      let pp = p + v, yy = y + v, dd = d + keep * v;
      const stop = p + size;
      while (pp < stop) {
        const pv = v128.load(pp), yv = v128.load(yy);
        most = i32x4.max_u(most, i32x4.max_u(pv, yv));
        const u = f32x4.sub(pv, t);
        const h = f32x4.div(one, f32x4.add(factor, f32x4.mul(v128.and(u, mask), steepness)));
        const s = f32x4.mul(u, h);
        sumY = f32x4.add(sumY, yv);
        sumS = f32x4.add(sumS, s);
        sumH = f32x4.add(sumH, f32x4.mul(s, yv));
        v128.store(dd, f32x4.mul(h, h));
        dd += dStride;
        pp += stride;
        yy += stride;
      }
      addLanes(o + 32, sumY);
      addLanes(o + 64, sumS);
      addLanes(o + 96, sumH);
    }
    p += size;
    y += size;
    d += keep * size;
    out += outStep;
  }
  v128.store(marks, most);
}

// The second pass, in place: D becomes D·f, f = m + (y − e)·δ; m, e and δ of a vector at c.
export function finish(d: usize, y: usize, n: usize, period: usize, c: usize, cStep: usize): void {
  const stride = period * 16, end = d + n * 4, block = blockBytes(stride);
  while (d < end) {
    let size = block;
    if (size > end - d) size = end - d;
    for (let v: usize = 0, k = c; v < stride; v += 16, k += cStep) {
      const m = v128.load(k), e = v128.load(k, 16), delta = v128.load(k, 32), stop = d + size;
      let dd = d + v, yy = y + v;
      if (stride == 16) { // four at once: fewer steps of the loop itself
        for (const last = stop - 48; dd < last; dd += 64, yy += 64) {
          const f0 = f32x4.add(m, f32x4.mul(f32x4.sub(v128.load(yy), e), delta));
          const f1 = f32x4.add(m, f32x4.mul(f32x4.sub(v128.load(yy, 16), e), delta));
          const f2 = f32x4.add(m, f32x4.mul(f32x4.sub(v128.load(yy, 32), e), delta));
          const f3 = f32x4.add(m, f32x4.mul(f32x4.sub(v128.load(yy, 48), e), delta));
          v128.store(dd, f32x4.mul(v128.load(dd), f0));
          v128.store(dd, f32x4.mul(v128.load(dd, 16), f1), 16);
          v128.store(dd, f32x4.mul(v128.load(dd, 32), f2), 32);
          v128.store(dd, f32x4.mul(v128.load(dd, 48), f3), 48);
        }
      }
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

// The largest of a row. Four rows at a time, a row a lane: the columns of these rows are vectors, four rows in the place of
// four rows. What is kept, e, stays so until the second pass.

// So many rows are added up in float32; so many bytes of a table are handed from one loop to the next, within the caches.
const GROUP: usize = 128, STAGE: usize = 2560;

function stageBytes(bytes: usize): usize {
  let size = GROUP * bytes;
  while (size > max<usize>(STAGE, bytes * 16)) size >>= 1;
  return size;
}

// Four vectors of four rows become those of four columns, and back. Returns the greatest bits of each lane of these.
@inline function turn(a: v128, b: v128, c: v128, d: v128, to: usize, step: usize): v128 {
  const ab = i32x4.shuffle(a, b, 0, 4, 1, 5), cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
  const abHigh = i32x4.shuffle(a, b, 2, 6, 3, 7), cdHigh = i32x4.shuffle(c, d, 2, 6, 3, 7);
  const first = i64x2.shuffle(ab, cd, 0, 2), second = i64x2.shuffle(ab, cd, 1, 3);
  const third = i64x2.shuffle(abHigh, cdHigh, 0, 2), fourth = i64x2.shuffle(abHigh, cdHigh, 1, 3);
  v128.store(to, first);
  v128.store(to + step, second);
  v128.store(to + 2 * step, third);
  v128.store(to + 3 * step, fourth);
  return i32x4.max_u(i32x4.max_u(first, second), i32x4.max_u(third, fourth));
}

// The columns of the rows from p to `end`, at `to`. The greatest bits of each row go to `high`, those of all are returned.
function columnsOf(p: usize, end: usize, bytes: usize, to: usize, high: usize): v128 {
  let all = i32x4.splat(0);
  // Wide rows once in their order: a few bytes of each of four rows in turn are not read ahead of what is wanted.
  if (bytes > 192) { for (let at = p; at < end; at += 64) all = i32x4.max_u(all, v128.load(at)); }
  while (p < end) {
    let most = i32x4.splat(0);
    if (bytes < 16) {
      const a = v128.load(p), b = v128.load(p, 16);
      let first = i32x4.shuffle(a, b, 0, 2, 4, 6), second = i32x4.shuffle(a, b, 1, 3, 5, 7);
      if (bytes == 12) {
        const c = v128.load(p, 32);
        first = i32x4.shuffle(i32x4.shuffle(a, b, 0, 3, 6, 6), c, 0, 1, 2, 5);
        second = i32x4.shuffle(i32x4.shuffle(a, b, 1, 4, 7, 7), c, 0, 1, 2, 6);
        most = i32x4.shuffle(i32x4.shuffle(a, b, 2, 5, 5, 5), c, 0, 1, 4, 7);
        v128.store(to, most, 32);
      }
      v128.store(to, first);
      v128.store(to, second, 16);
      most = i32x4.max_u(most, i32x4.max_u(first, second));
    } else {
      for (let j: usize = 0; j < bytes; j += 16) {
        if (j + 16 > bytes) j = bytes - 16; // the last four once more, whatever was done of them
        const at = p + j, a = v128.load(at), b = v128.load(at + bytes), c = v128.load(at + 2 * bytes);
        most = i32x4.max_u(most, turn(a, b, c, v128.load(at + 3 * bytes), to + j * 4, 16));
      }
    }
    v128.store(high, most);
    all = i32x4.max_u(all, most);
    high += 16;
    p += bytes * 4;
    to += bytes * 4;
  }
  return all;
}

// So many bytes of columns are added up in a sum of their own: beside one large number, many small ones would be rounded away.
const TOGETHER: usize = 512;

// The sum of the vectors at x.
function sumOf(x: usize, end: usize): v128 {
  let sum = i32x4.splat(0);
  while (x < end) {
    let part = i32x4.splat(0);
    for (const last = min<usize>(end, x + TOGETHER); x < last; x += 16) part = f32x4.add(part, v128.load(x));
    sum = f32x4.add(sum, part);
  }
  return sum;
}

// Numbers of a call at marks + 64: 0 κ·log₂e, 16 scale, 32 l·scale, 48 one, 64 the least exponent, 80 1.5·2^23: what is added
// to it is rounded to a whole number, 96 the coefficients of 2^r = 1 + r·(c0 + r·(c1 + …)) for |r| ≤ ½, off by 9e-8.

// e = 2^(κ·(p − largest)) of columns at x, in place; scale/Σe in the place of the largest.
function exponentials(x: usize, end: usize, tall: usize, high: usize, k: usize): void {
  const sharpness = v128.load(k), scale = v128.load(k, 16), one = v128.load(k, 48), least = v128.load(k, 64);
  const whole = v128.load(k, 80), c0 = v128.load(k, 96), c1 = v128.load(k, 112), c2 = v128.load(k, 128);
  const c3 = v128.load(k, 144), c4 = v128.load(k, 160);
  for (; x < end; high += 16) {
    const largest = v128.load(high);
    let sum = i32x4.splat(0);
    for (const stop = x + tall; x < stop; x += 16) {
      const z = f32x4.pmax(least, f32x4.mul(f32x4.sub(v128.load(x), largest), sharpness));
      const n = f32x4.add(z, whole), r = f32x4.sub(z, f32x4.sub(n, whole)), rr = f32x4.mul(r, r);
      const v01 = f32x4.add(one, f32x4.mul(c0, r)), v23 = f32x4.add(c1, f32x4.mul(c2, r));
      const v45 = f32x4.add(c3, f32x4.mul(c4, r));
      const e = i32x4.add(f32x4.add(v01, f32x4.mul(rr, f32x4.add(v23, f32x4.mul(rr, v45)))), i32x4.shl(n, 23));
      v128.store(x, e);
      sum = f32x4.add(sum, e);
    }
    if (tall > TOGETHER) sum = sumOf(x - tall, x);
    v128.store(high, f32x4.div(scale, sum));
  }
}

// 1 for the first of the largest of each row, else 0; 1 for each four rows at `ones`.
function winners(x: usize, end: usize, tall: usize, high: usize, to: usize, ones: usize, one: v128): void {
  for (; x < end; high += 16, ones += 16) {
    const largest = v128.load(high);
    let open = one;
    for (const stop = x + tall; x < stop; x += 16, to += 16) {
      const s = v128.and(i32x4.eq(v128.load(x), largest), open);
      open = v128.xor(open, s);
      v128.store(to, s);
    }
    v128.store(ones, one);
  }
}

// Adds up columns of four rows, 64 bytes each: Σ w (weighted), Σ w·y, Σ w·s, Σ w·y·s; s = a·e − base within [0, 1], with an a
// of each row.
@inline function addColumns(
  weighted: bool, e: usize, y: usize, w: usize, size: usize, tall: usize, a: usize, sums: usize, marks: usize,
): void {
  const base = v128.load(marks, 96), one = v128.load(marks, 112);
  let mostW = v128.load(marks, 16), leastW = v128.load(marks, 32);
  for (let j: usize = 0; j < tall; j += 16, sums += 64) {
    let sumW = i32x4.splat(0), sumY = sumW, sumS = sumW, sumH = sumW;
    for (let at = j, aa = a; at < size; at += tall, aa += 16) {
      let s = f32x4.sub(f32x4.mul(v128.load(e + at), v128.load(aa)), base), yv = v128.load(y + at);
      s = f32x4.pmin(one, f32x4.pmax(i32x4.splat(0), s));
      if (weighted) {
        const wv = v128.load(w + at);
        mostW = i32x4.max_u(mostW, wv);
        leastW = i32x4.min_u(leastW, i32x4.add(wv, i32x4.splat(-1)));
        sumW = f32x4.add(sumW, wv);
        s = f32x4.mul(s, wv);
        sumY = f32x4.add(sumY, f32x4.mul(yv, wv));
      } else sumY = f32x4.add(sumY, yv);
      sumS = f32x4.add(sumS, s);
      sumH = f32x4.add(sumH, f32x4.mul(s, yv));
    }
    if (weighted) v128.store(sums, f32x4.add(v128.load(sums), sumW));
    v128.store(sums, f32x4.add(v128.load(sums, 16), sumY), 16);
    v128.store(sums, f32x4.add(v128.load(sums, 32), sumS), 32);
    v128.store(sums, f32x4.add(v128.load(sums, 48), sumH), 48);
  }
  if (weighted) {
    v128.store(marks, mostW, 16);
    v128.store(marks, leastW, 32);
  }
}
function addColumnsPlain(e: usize, y: usize, size: usize, tall: usize, a: usize, sums: usize, marks: usize): void {
  addColumns(false, e, y, 0, size, tall, a, sums, marks);
}
function addColumnsWeighted(
  e: usize, y: usize, w: usize, size: usize, tall: usize, a: usize, sums: usize, marks: usize,
): void {
  addColumns(true, e, y, w, size, tall, a, sums, marks);
}

// The first pass; rows is a multiple of 4. soft: whether e is wanted, hard: whether what counts is the decision.
export function argmax(
  p: usize, y: usize, w: usize, d: usize, rows: usize, bytes: usize, soft: bool, hard: bool, out: usize,
  outStep: usize, marks: usize,
): void {
  const stage = stageBytes(bytes), tall = bytes * 4, k = marks + 64, high = k + 176, ones = high + 512, sums = ones + 512;
  const labels = sums + tall * 4, weights = labels + stage, decided = weights + stage, end = p + rows * bytes;
  let most = v128.load(marks);
  clear(out, outStep, groupsOf(rows, GROUP));
  while (p < end) {
    memory.fill(sums, 0, tall * 4);
    for (const stop = min<usize>(end, p + GROUP * bytes); p < stop; ) {
      const size = min<usize>(stage, stop - p), x = d == 0 ? decided + stage : d;
      if (w != 0) columnsOf(w, w + size, bytes, weights, high);
      most = i32x4.max_u(most, columnsOf(y, y + size, bytes, labels, high));
      most = i32x4.max_u(most, columnsOf(p, p + size, bytes, x, high));
      if (hard) winners(x, x + size, tall, high, decided, ones, v128.load(k, 48));
      if (soft) exponentials(x, x + size, tall, high, k);
      const s = hard ? decided : x, a = hard ? ones : high;
      if (w != 0) {
        addColumnsWeighted(s, labels, weights, size, tall, a, sums, marks);
        w += size;
      } else addColumnsPlain(s, labels, size, tall, a, sums, marks);
      p += size;
      y += size;
      if (d != 0) d += size;
    }
    for (let at: usize = 0; at < tall * 4; at += 16) addLanes(out + at * 2, v128.load(sums + at));
    out += outStep;
  }
  v128.store(marks, most);
}

// g = b + y·δ, with b and δ at k.
@inline function gain(y: v128, k: usize): v128 {
  return f32x4.add(v128.load(k), f32x4.mul(y, v128.load(k, 16)));
}

// The second pass, in place: e becomes s·(g − Σ g·s), s = e/Σe, g = w·(b + y·δ), with b and δ of a column
// at c. The g are taken from their mean, and then once more: what is small of its own is not a difference of what is large.
export function finishArgmax(
  d: usize, y: usize, w: usize, rows: usize, bytes: usize, c: usize, high: usize,
): void {
  const stage = stageBytes(bytes), tall = bytes * 4, end = d + rows * bytes, same = high + 512, kStep = w != 0 ? 0 : 32;
  v128.store(same, f32x4.splat(0));
  v128.store(same, f32x4.splat(1), 16);
  while (d < end) {
    const size = min<usize>(stage, end - d), weights = same + 32 + stage;
    let x = same + 32;
    columnsOf(y, y + size, bytes, x, high);
    if (w != 0) {
      columnsOf(w, w + size, bytes, weights, high);
      w += size;
      for (let at: usize = 0, k = c, last = c + tall * 2; at < size; at += 16) {
        v128.store(x + at, f32x4.mul(gain(v128.load(x + at), k), v128.load(weights + at)));
        k += 32;
        if (k == last) k = c;
      }
    }
    y += size;
    for (const stop = d + size; d < stop; d += tall, x += tall) {
      let sum = i32x4.splat(0), mean = sum;
      for (let at: usize = 0, k = w != 0 ? same : c; at < tall; at += 16, k += kStep) {
        const g = gain(v128.load(x + at), k), e = v128.load(d + at);
        v128.store(x + at, g);
        sum = f32x4.add(sum, e);
        mean = f32x4.add(mean, f32x4.mul(g, e));
      }
      if (tall > TOGETHER) sum = sumOf(d, d + tall);
      const inverse = f32x4.div(f32x4.splat(1), sum);
      mean = f32x4.mul(mean, inverse);
      let rest = i32x4.splat(0);
      for (let at: usize = 0; at < tall; at += 16) {
        rest = f32x4.add(rest, f32x4.mul(f32x4.sub(v128.load(x + at), mean), v128.load(d + at)));
      }
      rest = f32x4.mul(rest, inverse);
      for (let at: usize = 0; at < tall; at += 16) {
        const g = f32x4.sub(f32x4.sub(v128.load(x + at), mean), rest);
        v128.store(x + at, f32x4.mul(v128.load(d + at), f32x4.mul(g, inverse)));
      }
      if (bytes < 16) {
        const a = v128.load(x), b = v128.load(x, 16);
        let first = i32x4.shuffle(a, b, 0, 4, 1, 5), second = i32x4.shuffle(a, b, 2, 6, 3, 7);
        if (bytes == 12) {
          const c = v128.load(x, 32);
          first = i32x4.shuffle(i32x4.shuffle(a, b, 0, 4, 4, 1), c, 0, 1, 4, 3);
          second = i32x4.shuffle(i32x4.shuffle(a, b, 5, 5, 2, 6), c, 0, 5, 2, 3);
          v128.store(d, i32x4.shuffle(i32x4.shuffle(a, b, 3, 3, 7, 7), c, 6, 1, 2, 7), 32);
        }
        v128.store(d, first);
        v128.store(d, second, 16);
      } else {
        for (let j: usize = 0; j < bytes; j += 16) {
          if (j + 16 > bytes) j = bytes - 16;
          const at = x + j * 4;
          turn(v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48), d + j, bytes);
        }
      }
    }
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

// The number of ones among numbers of which each is 0 or 1, −1 where one is not; n is a multiple of 8.
export function ones(p: usize, n: usize): i32 {
  const one = f32x4.splat(1);
  let sum = i32x4.splat(0), other = sum;
  for (const end = p + n * 4; p < end; p += 32) {
    const a = v128.load(p), b = v128.load(p, 16), isA = i32x4.eq(a, one), isB = i32x4.eq(b, one);
    sum = i32x4.sub(sum, i32x4.add(isA, isB));
    other = v128.or(other, v128.or(v128.andnot(a, isA), v128.andnot(b, isB)));
  }
  sum = i32x4.add(sum, i32x4.shuffle(sum, sum, 2, 3, 0, 1));
  return v128.any_true(other) ? -1 : i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1);
}

// A number a row, as those of all entries of the row; or an index a row, as a 1 in its column. Rows may be read from the end
// of what is written. Says whether all indices were those of a column.
export function spread(from: usize, to: usize, rows: usize, bytes: usize, indexed: bool): bool {
  let good = true;
  for (let row: usize = 0; row < rows; row++) {
    const index = load<u32>(from), value = indexed ? i32x4.splat(0) : v128.load32_splat(from);
    if (bytes < 16) for (let j: usize = 0; j < bytes; j += 4) v128.store_lane<f32>(to + j, value, 0);
    else {
      for (let j: usize = 16; j < bytes; j += 16) v128.store(to + j - 16, value);
      v128.store(to + bytes - 16, value);
    }
    if (indexed) {
      if (<usize>index < bytes / 4) f32.store(to + <usize>index * 4, 1);
      else good = false;
    }
    from += 4;
    to += bytes;
  }
  return good;
}
