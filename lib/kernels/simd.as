// The two passes over tensors in the heap of TensorFlow.js' wasm backend: AssemblyScript, built by `deno task kernels`.
// Plain 128-bit SIMD: the same bytes on every machine. No data and no stack of its own: the memory is the backend's.
//
// Constants are loaded from memory, 16 bytes (4 equal lanes, or one column each) at a time: V8 would rebuild literals in
// every round. Sums are float32 over blocks, then float64.

const blockRounds: usize = 64; // of 8 entries

@inline function horizontal(v: v128): f64 {
  return (<f64>f32x4.extract_lane(v, 0) + <f64>f32x4.extract_lane(v, 1)) +
    (<f64>f32x4.extract_lane(v, 2) + <f64>f32x4.extract_lane(v, 3));
}

// A shape's s and D of four outputs: 0 softsign, 1 ramp, 2 identity, 3 none; constants at c:
// 0 t rounded, 16 what is left of t, 32 k, 48 K, 64 β, 80 |·| mask, 96 one, 112 ½, 128 −½, 144 ramp's first, 160 its last
@inline function slopeOf(shape: i32, p: v128, h: v128, c: usize): v128 {
  if (shape == 0) return f32x4.mul(h, h);
  if (shape == 1) {
    return v128.and(
      v128.and(f32x4.ge(p, v128.load(c, 144)), f32x4.le(p, v128.load(c, 160))),
      v128.load(c, 96),
    );
  }
  if (shape == 2) return v128.load(c, 96);
  return i32x4.splat(0);
}

@inline function offset(p: v128, c: usize): v128 {
  return f32x4.sub(f32x4.sub(p, v128.load(c)), v128.load(c, 16));
}

@inline function divided(shape: i32, u: v128, c: usize): v128 {
  const one = v128.load(c, 96);
  if (shape != 0) return one;
  return f32x4.div(one, f32x4.add(one, f32x4.mul(v128.and(u, v128.load(c, 80)), v128.load(c, 32))));
}

@inline function valueOf(shape: i32, hard: bool, p: v128, u: v128, h: v128, c: usize): v128 {
  if (hard) return v128.and(f32x4.gt(p, v128.load(c)), v128.load(c, 96));
  if (shape == 0) return f32x4.add(f32x4.mul(f32x4.mul(u, h), v128.load(c, 48)), v128.load(c, 64));
  if (shape == 1) {
    const z = f32x4.pmin(v128.load(c, 112), f32x4.pmax(v128.load(c, 128), f32x4.mul(u, v128.load(c, 32))));
    return f32x4.add(f32x4.mul(z, v128.load(c, 48)), v128.load(c, 64));
  }
  return p;
}

// One column. Sums at out: Σ w, Σ w·y, Σ w·s, Σ w·y·s; then the greatest bits of p and y, of w, and the least of w − 1.
// d moves by dStep: 0 where nothing is kept.
@inline function count(
  shape: i32, hard: bool, weighted: bool,
  p: usize, y: usize, w: usize, d: usize, dStep: usize, n: usize, c: usize, out: usize,
): void {
  let sumW: f64 = 0, sumY: f64 = 0, sumS: f64 = 0, sumH: f64 = 0;
  let most = i32x4.splat(0), mostW = i32x4.splat(0), leastW = i32x4.splat(-1);
  const end = p + n * 4;
  while (p < end) {
    let stop = p + blockRounds * 32;
    if (stop > end) stop = end;
    let y0 = i32x4.splat(0), y1 = y0, s0 = y0, s1 = y0, h0 = y0, h1 = y0, w0 = y0, w1 = y0;
    while (p < stop) {
      const pa = v128.load(p), pb = v128.load(p, 16), ya = v128.load(y), yb = v128.load(y, 16);
      most = i32x4.max_u(most, i32x4.max_u(i32x4.max_u(pa, pb), i32x4.max_u(ya, yb)));
      const ua = offset(pa, c), ub = offset(pb, c), ha = divided(shape, ua, c), hb = divided(shape, ub, c);
      let sa = valueOf(shape, hard, pa, ua, ha, c), sb = valueOf(shape, hard, pb, ub, hb, c);
      let da = slopeOf(shape, pa, ha, c), db = slopeOf(shape, pb, hb, c);
      if (weighted) {
        const wa = v128.load(w), wb = v128.load(w, 16), all = i32x4.splat(-1);
        mostW = i32x4.max_u(mostW, i32x4.max_u(wa, wb));
        leastW = i32x4.min_u(leastW, i32x4.min_u(i32x4.add(wa, all), i32x4.add(wb, all)));
        w0 = f32x4.add(w0, wa);
        w1 = f32x4.add(w1, wb);
        sa = f32x4.mul(sa, wa);
        sb = f32x4.mul(sb, wb);
        da = f32x4.mul(da, wa);
        db = f32x4.mul(db, wb);
        y0 = f32x4.add(y0, f32x4.mul(ya, wa));
        y1 = f32x4.add(y1, f32x4.mul(yb, wb));
        w += 32;
      } else {
        y0 = f32x4.add(y0, ya);
        y1 = f32x4.add(y1, yb);
      }
      s0 = f32x4.add(s0, sa);
      s1 = f32x4.add(s1, sb);
      h0 = f32x4.add(h0, f32x4.mul(sa, ya));
      h1 = f32x4.add(h1, f32x4.mul(sb, yb));
      v128.store(d, da);
      v128.store(d, db, 16);
      d += dStep;
      p += 32;
      y += 32;
    }
    sumY += horizontal(y0) + horizontal(y1);
    sumS += horizontal(s0) + horizontal(s1);
    sumH += horizontal(h0) + horizontal(h1);
    if (weighted) sumW += horizontal(w0) + horizontal(w1);
  }
  store<f64>(out, weighted ? sumW : <f64>n);
  store<f64>(out, sumY, 8);
  store<f64>(out, sumS, 16);
  store<f64>(out, sumH, 24);
  v128.store(out, most, 32);
  v128.store(out, mostW, 48);
  v128.store(out, leastW, 64);
}

export function softsign(p: usize, y: usize, d: usize, dStep: usize, n: usize, c: usize, out: usize): void {
  count(0, false, false, p, y, 0, d, dStep, n, c, out);
}
export function softsignHard(p: usize, y: usize, d: usize, dStep: usize, n: usize, c: usize, out: usize): void {
  count(0, true, false, p, y, 0, d, dStep, n, c, out);
}
export function linearRamp(p: usize, y: usize, d: usize, dStep: usize, n: usize, c: usize, out: usize): void {
  count(1, false, false, p, y, 0, d, dStep, n, c, out);
}
export function identity(p: usize, y: usize, d: usize, dStep: usize, n: usize, c: usize, out: usize): void {
  count(2, false, false, p, y, 0, d, dStep, n, c, out);
}
export function roundHard(p: usize, y: usize, d: usize, dStep: usize, n: usize, c: usize, out: usize): void {
  count(3, true, false, p, y, 0, d, dStep, n, c, out);
}
export function softsignWeighted(
  p: usize, y: usize, w: usize, d: usize, dStep: usize, n: usize, c: usize, out: usize,
): void {
  count(0, false, true, p, y, w, d, dStep, n, c, out);
}

// The second pass, in place: D becomes D·(y·a + (1 − y)·b); a, b and 1 at c, four lanes each.
export function finish(d: usize, y: usize, n: usize, c: usize): void {
  const end = d + n * 4;
  while (d < end) {
    const ya = v128.load(y), yb = v128.load(y, 16), one = v128.load(c, 32);
    const fa = f32x4.add(f32x4.mul(ya, v128.load(c)), f32x4.mul(f32x4.sub(one, ya), v128.load(c, 16)));
    const fb = f32x4.add(f32x4.mul(yb, v128.load(c)), f32x4.mul(f32x4.sub(one, yb), v128.load(c, 16)));
    v128.store(d, f32x4.mul(v128.load(d), fa));
    v128.store(d, f32x4.mul(v128.load(d, 16), fb), 16);
    d += 32;
    y += 32;
  }
}
