import type { BenchRecord } from "./record_format.ts";

/** Something that was asked of the speed, and what was measured. */
export interface Bar {
  what: string;
  /** At most or at least this. */
  asked: string;
  /** Of what the record has no numbers: "not measured". */
  measured: string;
  /** The measured value divided by the bar; 1 or less if the bar is met. */
  times: number;
  met: boolean;
}

const ratio = (v: number) => `${v < 10 ? v.toFixed(2) : v.toFixed(0)} ×`;
const power = (n: number) => n.toExponential(0).replace("e+", "e");
const milliseconds = (v: number) => `${v.toPrecision(2)} ms`;

const unmeasured = "not measured";

/** Every bar, those without numbers too. */
export function bars(record: BenchRecord): Bar[] {
  const result: Bar[] = [];
  const at = (contender: string, rows: number, work = "binary") =>
    record.losses.find((one) => one.contender === contender && one.rows === rows && one.work === work)?.ms;
  const epoch = (contender: string) => record.epochs.find((one) => one.contender === contender)?.ms;
  const most = (what: string, value: number, limit: number, shown = ratio) => {
    const measured = Number.isNaN(value) ? unmeasured : shown(value);
    result.push({ what, asked: `≤ ${shown(limit)}`, measured, times: value / limit, met: value <= limit });
  };
  const least = (what: string, value: number, limit: number) => {
    const measured = Number.isNaN(value) ? unmeasured : ratio(value);
    result.push({ what, asked: `≥ ${ratio(limit)}`, measured, times: limit / value, met: value >= limit });
  };
  const by = (a: number | undefined, b: number | undefined) => (a ?? NaN) / (b ?? NaN);

  for (const [on, limit] of [["cpu", 120], ["wasm", 40]] as const) {
    const times = by(at(`composed, ${on}`, 1e6), at(`fused, ${on}`, 1e6));
    least(`1e6 rows: composed, ${on} / fused, ${on}`, times, limit);
  }
  const jax = "JAX, jit", torch = "PyTorch, compiled";
  for (const [peer, limit] of [[jax, 0.7], [torch, 0.5]] as const) {
    most(`1e6 rows: fused, wasm / ${peer}`, by(at("fused, wasm", 1e6), at(peer, 1e6)), limit);
    for (const name of [peer, `${peer}, pages kept`]) {
      most(`1e7 rows: fused, wasm / ${name}`, by(at("fused, wasm", 1e7), at(name, 1e7)), 1);
    }
  }
  for (const peer of ["NumPy", "PyTorch, eager", "TensorFlow, eager", "TensorFlow, function", "TensorFlow, XLA"]) {
    const ratios = [1e4, 1e5, 1e6, 1e7].map((rows) => by(at("fused, wasm", rows), at(peer, rows)));
    most(`1e4 to 1e7 rows, the largest: fused, wasm / ${peer}`, Math.max(...ratios), 1);
  }
  const small = at("fused, wasm", 1024);
  most("1,024 rows: fused, wasm", small ?? NaN, 0.03, milliseconds);
  least("1,024 rows: composed, wasm / fused, wasm", by(at("composed, wasm", 1024), small), 10);
  most(`1,024 rows: fused, wasm / ${jax}`, by(small, at(jax, 1024)), 1);
  const backends = ["cpu", "wasm"];
  for (const [from, to] of [[1e4, 1e6], [1e6, 1e8]]) {
    for (const contender of backends.map((on) => `fused, ${on}`)) {
      const fit = record.growth.find((one) => one.contender === contender && one.from === from && one.to === to);
      const what = `growth α from ${power(from)} to ${power(to)} rows: ${contender}`;
      most(what, fit?.alpha ?? NaN, 1.05, (v) => v.toFixed(2));
    }
  }
  for (const contender of backends.map((on) => `fused, ${on}`)) {
    const bytes = record.memory.find((one) => one.contender === contender)?.bytesPerRow ?? NaN;
    most(`bytes per row beyond inputs and gradient: ${contender}`, bytes, 0.01, (v) => v.toFixed(2));
  }
  for (const on of backends) {
    const times = by(epoch(`tfjs, fused F1, ${on}`), epoch(`tfjs, binary cross-entropy, ${on}`));
    most(`training, ${on}: fused F1 / binary cross-entropy`, times, 1);
    const plain = epoch(`tfjs, binary cross-entropy, ${on}`);
    most(
      `training, ${on}: fitMetric, exact / binary cross-entropy`,
      by(epoch(`fitMetric, F1, exact, ${on}`), plain),
      3,
    );
    most(
      `training, ${on}: fitMetric / PyTorch, eager`,
      by(epoch(`fitMetric, F1, ${on}`), epoch("PyTorch, eager, F1")),
      1,
    );
    for (const work of ["macro", "argmax"]) {
      const times = by(at(`fused, ${on}`, 1e5, work), at(`fused, ${on}`, 1e6));
      most(`an element of ten columns (${work}) / one of one column: fused, ${on}`, times, 1.5);
    }
  }
  return result;
}
