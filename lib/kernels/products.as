// The two products of a dense layer, in float64, with rows of float64 or float32: AssemblyScript, built by `deno task kernels`.
// Each sum has the order of the loops in ../network/products.ts, so that the bytes are the same: lanes are rows in the first
// product, features in the second. Units come four or two at a time, the rest one by one.

// Two features of a row.
@inline function two<T>(p: usize): v128 {
  return sizeof<T>() == 8 ? v128.load(p) : f64x2.promote_low_f32x4(v128.load64_zero(p));
}

// One feature of two rows.
@inline function one<T>(p: usize, q: usize): v128 {
  if (sizeof<T>() == 8) return v128.load64_lane(q, v128.load64_zero(p), 1);
  return f64x2.promote_low_f32x4(v128.load32_lane(q, v128.load32_zero(p), 1));
}

// Four rows and four units at a time: each number of the rows is read, and made float64, once for four units.
@inline function affineOfFour<T>(x: usize, row: usize, weights: usize, unit: usize, z: usize, out: usize): void {
  const size = sizeof<T>(), b = x + row, c = b + row, d = c + row;
  let w = weights, j: usize = 0;
  let ab0 = f64x2.splat(0), ab1 = ab0, ab2 = ab0, ab3 = ab0, cd0 = ab0, cd1 = ab0, cd2 = ab0, cd3 = ab0;
  for (const even = row & ~(2 * size - 1); j < even; j += 2 * size, w += 16) {
    const va = two<T>(x + j), vb = two<T>(b + j), vc = two<T>(c + j), vd = two<T>(d + j);
    let ab = v128.shuffle<f64>(va, vb, 0, 2), cd = v128.shuffle<f64>(vc, vd, 0, 2);
    let w0 = v128.load64_splat(w), w1 = v128.load64_splat(w + unit), w2 = v128.load64_splat(w + 2 * unit);
    let w3 = v128.load64_splat(w + 3 * unit);
    ab0 = f64x2.add(ab0, f64x2.mul(w0, ab));
    cd0 = f64x2.add(cd0, f64x2.mul(w0, cd));
    ab1 = f64x2.add(ab1, f64x2.mul(w1, ab));
    cd1 = f64x2.add(cd1, f64x2.mul(w1, cd));
    ab2 = f64x2.add(ab2, f64x2.mul(w2, ab));
    cd2 = f64x2.add(cd2, f64x2.mul(w2, cd));
    ab3 = f64x2.add(ab3, f64x2.mul(w3, ab));
    cd3 = f64x2.add(cd3, f64x2.mul(w3, cd));
    ab = v128.shuffle<f64>(va, vb, 1, 3);
    cd = v128.shuffle<f64>(vc, vd, 1, 3);
    w0 = v128.load64_splat(w, 8);
    w1 = v128.load64_splat(w + unit, 8);
    w2 = v128.load64_splat(w + 2 * unit, 8);
    w3 = v128.load64_splat(w + 3 * unit, 8);
    ab0 = f64x2.add(ab0, f64x2.mul(w0, ab));
    cd0 = f64x2.add(cd0, f64x2.mul(w0, cd));
    ab1 = f64x2.add(ab1, f64x2.mul(w1, ab));
    cd1 = f64x2.add(cd1, f64x2.mul(w1, cd));
    ab2 = f64x2.add(ab2, f64x2.mul(w2, ab));
    cd2 = f64x2.add(cd2, f64x2.mul(w2, cd));
    ab3 = f64x2.add(ab3, f64x2.mul(w3, ab));
    cd3 = f64x2.add(cd3, f64x2.mul(w3, cd));
  }
  if (j < row) {
    const ab = one<T>(x + j, b + j), cd = one<T>(c + j, d + j);
    const w0 = v128.load64_splat(w), w1 = v128.load64_splat(w + unit), w2 = v128.load64_splat(w + 2 * unit);
    const w3 = v128.load64_splat(w + 3 * unit);
    ab0 = f64x2.add(ab0, f64x2.mul(w0, ab));
    cd0 = f64x2.add(cd0, f64x2.mul(w0, cd));
    ab1 = f64x2.add(ab1, f64x2.mul(w1, ab));
    cd1 = f64x2.add(cd1, f64x2.mul(w1, cd));
    ab2 = f64x2.add(ab2, f64x2.mul(w2, ab));
    cd2 = f64x2.add(cd2, f64x2.mul(w2, cd));
    ab3 = f64x2.add(ab3, f64x2.mul(w3, ab));
    cd3 = f64x2.add(cd3, f64x2.mul(w3, cd));
    w += 8;
  }
  storeWithBias(z, out, w, ab0, cd0);
  storeWithBias(z + 8, out, w + unit, ab1, cd1);
  storeWithBias(z + 16, out, w + 2 * unit, ab2, cd2);
  storeWithBias(z + 24, out, w + 3 * unit, ab3, cd3);
}

// Stores the sums of four rows, plus the bias.
@inline function storeWithBias(z: usize, out: usize, w: usize, ab: v128, cd: v128): void {
  const bias = v128.load64_splat(w);
  ab = f64x2.add(bias, ab);
  cd = f64x2.add(bias, cd);
  v128.store64_lane(z, ab, 0);
  v128.store64_lane(z + out, ab, 1);
  v128.store64_lane(z + 2 * out, cd, 0);
  v128.store64_lane(z + 3 * out, cd, 1);
}

@inline function affine<T>(x: usize, rows: usize, features: usize, weights: usize, count: usize, z: usize): void {
  const size = sizeof<T>(), row = features * size, out = count << 3, fours = x + (rows & ~3) * row, end = x + rows * row;
  const unit = (features << 3) + 8;
  for (; x < fours; x += row << 2, z += 3 * out) {
    const b = x + row, c = b + row, d = c + row, last = z + out;
    let w = weights;
    for (const quads = z + (out & ~31); z < quads; w += unit << 2, z += 32) affineOfFour<T>(x, row, w, unit, z, out);
    for (; z < last; w += 8, z += 8) {
      let ab = f64x2.splat(0), cd = f64x2.splat(0), j: usize = 0;
      for (const even = row & ~(2 * size - 1); j < even; j += 2 * size, w += 16) {
        const va = two<T>(x + j), vb = two<T>(b + j), vc = two<T>(c + j), vd = two<T>(d + j);
        const first = v128.load64_splat(w), second = v128.load64_splat(w, 8);
        ab = f64x2.add(ab, f64x2.mul(first, v128.shuffle<f64>(va, vb, 0, 2)));
        cd = f64x2.add(cd, f64x2.mul(first, v128.shuffle<f64>(vc, vd, 0, 2)));
        ab = f64x2.add(ab, f64x2.mul(second, v128.shuffle<f64>(va, vb, 1, 3)));
        cd = f64x2.add(cd, f64x2.mul(second, v128.shuffle<f64>(vc, vd, 1, 3)));
      }
      if (j < row) {
        const only = v128.load64_splat(w);
        ab = f64x2.add(ab, f64x2.mul(only, one<T>(x + j, b + j)));
        cd = f64x2.add(cd, f64x2.mul(only, one<T>(c + j, d + j)));
        w += 8;
      }
      storeWithBias(z, out, w, ab, cd);
    }
  }
  for (; x < end; x += row) {
    for (let w = weights, last = z + out; z < last; w += 8, z += 8) {
      let sum: f64 = 0;
      for (let j: usize = 0; j < row; j += size, w += 8) sum += load<f64>(w) * f64(load<T>(x + j));
      store<f64>(z, load<f64>(w) + sum);
    }
  }
}

// Four rows and two units at a time, as above.
@inline function addOfTwo<T>(x: usize, row: usize, by: usize, out: usize, gradient: usize, unit: usize): void {
  const size = sizeof<T>(), b = x + row, c = b + row, d = c + row;
  const as = v128.load(by), bs = v128.load(by + out), cs = v128.load(by + 2 * out), ds = v128.load(by + 3 * out);
  const a0 = v128.shuffle<f64>(as, as, 0, 0), b0 = v128.shuffle<f64>(bs, bs, 0, 0);
  const c0 = v128.shuffle<f64>(cs, cs, 0, 0), d0 = v128.shuffle<f64>(ds, ds, 0, 0);
  const a1 = v128.shuffle<f64>(as, as, 1, 1), b1 = v128.shuffle<f64>(bs, bs, 1, 1);
  const c1 = v128.shuffle<f64>(cs, cs, 1, 1), d1 = v128.shuffle<f64>(ds, ds, 1, 1);
  let g = gradient, h = gradient + unit, j: usize = 0;
  for (const even = row & ~(2 * size - 1); j < even; j += 2 * size, g += 16, h += 16) {
    const va = two<T>(x + j), vb = two<T>(b + j), vc = two<T>(c + j), vd = two<T>(d + j);
    let first = f64x2.add(v128.load(g), f64x2.mul(a0, va)), second = f64x2.add(v128.load(h), f64x2.mul(a1, va));
    first = f64x2.add(first, f64x2.mul(b0, vb));
    second = f64x2.add(second, f64x2.mul(b1, vb));
    first = f64x2.add(first, f64x2.mul(c0, vc));
    second = f64x2.add(second, f64x2.mul(c1, vc));
    v128.store(g, f64x2.add(first, f64x2.mul(d0, vd)));
    v128.store(h, f64x2.add(second, f64x2.mul(d1, vd)));
  }
  // What is left, one lane per unit: the last of an odd number of features, and the bias.
  let sums = v128.load64_lane(h, v128.load64_zero(g), 1);
  if (j < row) {
    sums = f64x2.add(sums, f64x2.mul(as, f64x2.splat(f64(load<T>(x + j)))));
    sums = f64x2.add(sums, f64x2.mul(bs, f64x2.splat(f64(load<T>(b + j)))));
    sums = f64x2.add(sums, f64x2.mul(cs, f64x2.splat(f64(load<T>(c + j)))));
    sums = f64x2.add(sums, f64x2.mul(ds, f64x2.splat(f64(load<T>(d + j)))));
    v128.store64_lane(g, sums, 0);
    v128.store64_lane(h, sums, 1);
    g += 8;
    h += 8;
    sums = v128.load64_lane(h, v128.load64_zero(g), 1);
  }
  sums = f64x2.add(f64x2.add(f64x2.add(f64x2.add(sums, as), bs), cs), ds);
  v128.store64_lane(g, sums, 0);
  v128.store64_lane(h, sums, 1);
}

@inline function addAffine<T>(x: usize, rows: usize, features: usize, by: usize, count: usize, gradient: usize): void {
  const size = sizeof<T>(), row = features * size, out = count << 3, fours = x + (rows & ~3) * row, end = x + rows * row;
  const step = (features << 3) + 8;
  for (; x < fours; x += row << 2, by += 3 * out) {
    const b = x + row, c = b + row, d = c + row, last = by + out;
    let unit = gradient;
    for (const pairs = by + (out & ~15); by < pairs; unit += step << 1, by += 16) {
      addOfTwo<T>(x, row, by, out, unit, step);
    }
    for (; by < last; unit += step, by += 8) {
      const byA = load<f64>(by), byB = load<f64>(by + out), byC = load<f64>(by + 2 * out), byD = load<f64>(by + 3 * out);
      if (byA == 0 && byB == 0 && byC == 0 && byD == 0) continue;
      const as = f64x2.splat(byA), bs = f64x2.splat(byB), cs = f64x2.splat(byC), ds = f64x2.splat(byD);
      let g = unit, j: usize = 0;
      for (const even = row & ~(2 * size - 1); j < even; j += 2 * size, g += 16) {
        let sum = f64x2.add(v128.load(g), f64x2.mul(as, two<T>(x + j)));
        sum = f64x2.add(sum, f64x2.mul(bs, two<T>(b + j)));
        sum = f64x2.add(sum, f64x2.mul(cs, two<T>(c + j)));
        v128.store(g, f64x2.add(sum, f64x2.mul(ds, two<T>(d + j))));
      }
      if (j < row) {
        const sum = load<f64>(g) + byA * f64(load<T>(x + j)) + byB * f64(load<T>(b + j));
        store<f64>(g, sum + byC * f64(load<T>(c + j)) + byD * f64(load<T>(d + j)));
        g += 8;
      }
      store<f64>(g, load<f64>(g) + byA + byB + byC + byD);
    }
  }
  for (; x < end; x += row) {
    for (let g = gradient, last = by + out; by < last; g += 8, by += 8) {
      const factor = load<f64>(by);
      for (let j: usize = 0; j < row; j += size, g += 8) store<f64>(g, load<f64>(g) + factor * f64(load<T>(x + j)));
      store<f64>(g, load<f64>(g) + factor);
    }
  }
}

// z = b + Σ w·x for each row and each of `count` units, whose weights are followed by their bias.
export function affine8(x: usize, rows: usize, features: usize, weights: usize, count: usize, z: usize): void {
  affine<f64>(x, rows, features, weights, count, z);
}

export function affine4(x: usize, rows: usize, features: usize, weights: usize, count: usize, z: usize): void {
  affine<f32>(x, rows, features, weights, count, z);
}

// Adds Σ by·x and Σ by over the rows to the gradient of each unit and of its bias.
export function addAffine8(x: usize, rows: usize, features: usize, by: usize, count: usize, gradient: usize): void {
  addAffine<f64>(x, rows, features, by, count, gradient);
}

export function addAffine4(x: usize, rows: usize, features: usize, by: usize, count: usize, gradient: usize): void {
  addAffine<f32>(x, rows, features, by, count, gradient);
}
