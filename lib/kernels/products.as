// The two products of a dense layer, in float64, with rows of float64 or float32: AssemblyScript, built by `deno task kernels`.
// Each sum has the order of the loops in ../network/products.ts, so that the bytes are the same: lanes are rows in the first
// product, features in the second.

// Two features of a row.
@inline function two<T>(p: usize): v128 {
  return sizeof<T>() == 8 ? v128.load(p) : f64x2.promote_low_f32x4(v128.load64_zero(p));
}

// One feature of two rows.
@inline function one<T>(p: usize, q: usize): v128 {
  if (sizeof<T>() == 8) return v128.load64_lane(q, v128.load64_zero(p), 1);
  return f64x2.promote_low_f32x4(v128.load32_lane(q, v128.load32_zero(p), 1));
}

@inline function affine<T>(x: usize, rows: usize, features: usize, weights: usize, count: usize, z: usize): void {
  const size = sizeof<T>(), row = features * size, out = count << 3, fours = x + (rows & ~3) * row, end = x + rows * row;
  for (; x < fours; x += row << 2, z += 3 * out) {
    const b = x + row, c = b + row, d = c + row;
    for (let w = weights, last = z + out; z < last; w += 8, z += 8) {
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
      const bias = v128.load64_splat(w);
      ab = f64x2.add(bias, ab);
      cd = f64x2.add(bias, cd);
      v128.store64_lane(z, ab, 0);
      v128.store64_lane(z + out, ab, 1);
      v128.store64_lane(z + 2 * out, cd, 0);
      v128.store64_lane(z + 3 * out, cd, 1);
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

@inline function addAffine<T>(x: usize, rows: usize, features: usize, by: usize, count: usize, gradient: usize): void {
  const size = sizeof<T>(), row = features * size, out = count << 3, fours = x + (rows & ~3) * row, end = x + rows * row;
  for (; x < fours; x += row << 2, by += 3 * out) {
    const b = x + row, c = b + row, d = c + row;
    for (let unit = gradient, last = by + out; by < last; unit += (features << 3) + 8, by += 8) {
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
