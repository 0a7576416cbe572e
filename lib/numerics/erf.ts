// Rational approximations of FreeBSD's msun, s_erf.c: "Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
// Developed at SunPro, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is
// freely granted, provided that this notice is preserved."

const [pp, qq] = [
  [0.128379167095512558561, -0.3250421072470015, -0.02848174957559851, -0.005770270296489442, -0.000023763016656650163],
  [1, 0.39791722395915535, 0.0650222499887673, 0.005081306281875766, 0.00013249473800432164, -0.000003960228278775368],
];
const [pa, qa] = [
  [
    -0.00236211856075265944077,
    0.41485611868374833,
    -0.3722078760357013,
    0.31834661990116175,
    -0.11089469428239668,
    0.035478304325618236,
    -0.002166375594868791,
  ],
  [
    1,
    0.10642088040084423,
    0.540397917702171,
    0.07182865441419627,
    0.12617121980876164,
    0.01363708391202905,
    0.011984499846799107,
  ],
];
const [ra, sa] = [
  [
    -0.00986494403484714822705,
    -0.6938585727071818,
    -10.558626225323291,
    -62.375332450326006,
    -162.39666946257347,
    -184.60509290671104,
    -81.2874355063066,
    -9.814329344169145,
  ],
  [
    1,
    19.651271667439257,
    137.65775414351904,
    434.56587747522923,
    645.3872717332679,
    429.00814002756783,
    108.63500554177944,
    6.570249770319282,
    -0.0604244152148581,
  ],
];
const [rb, sb] = [
  [
    -0.00986494292470009928597,
    -0.799283237680523,
    -17.757954917754752,
    -160.63638485582192,
    -637.5664433683896,
    -1025.0951316110772,
    -483.5191916086514,
  ],
  [
    1,
    30.33806074348246,
    325.7925129965739,
    1536.729586084437,
    3199.8582195085955,
    2553.0504064331644,
    474.52854120695537,
    -22.44095244658582,
  ],
];

/** Evaluates a polynomial by Horner's rule; the coefficients rise with the power of x. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i];
  return sum;
}

const bits = /* @__PURE__ */ new DataView(new ArrayBuffer(8));

/** Drops the low 32 bits of x, so that the square of the result is exact. */
function truncated(x: number): number {
  bits.setFloat64(0, x);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/**
 * The error function, erf(x) = 2/√π · ∫₀ˣ e^(−t²) dt, within one unit in the last place.
 *
 * @param x Any number; NaN stays NaN.
 * @returns A number in [−1, 1], with the sign of x.
 * @see FreeBSD, lib/msun/src/s_erf.c.
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 0.84375) return x + x * (polynomial(pp, x * x) / polynomial(qq, x * x));
  if (a < 1.25) return Math.sign(x) * (0.845062911510467529297 + polynomial(pa, a - 1) / polynomial(qa, a - 1));
  if (a >= 6) return Math.sign(x);
  const s = 1 / (a * a), z = truncated(a);
  const ratio = a < 1 / 0.35 ? polynomial(ra, s) / polynomial(sa, s) : polynomial(rb, s) / polynomial(sb, s);
  return Math.sign(x) * (1 - Math.exp(-z * z - 0.5625) * Math.exp((z - a) * (z + a) + ratio) / a);
}
