import * as tf from "@tensorflow/tfjs";
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { f1Loss, jaccardLoss, precisionLoss, recallLoss, type Tensor } from "@roundabout/roundabout";
import {
  type AuditedLoss,
  auditLoss,
  type AuditOptions,
  type BatchKind,
  batchKinds,
} from "@roundabout/roundabout/audit";
import { answeredSoftsignLoss, askedRampLoss, askedRoundLoss } from "@roundabout/roundabout/thread";
import { type AuditBatch, columnOf, samplerOf } from "../../lib/audit/batches.ts";
import { reportText } from "../../lib/audit/report.ts";
import { cases } from "./cases.ts";
import { sampleOf } from "./oracle.ts";
import { slow } from "../slow.ts";

const scalarLoss = (of: (y: Tensor, p: Tensor) => unknown) => of as (y: Tensor, p: Tensor) => Tensor;

Deno.test("a finding says which operation, on which line", () => {
  const { findings, verdict } = auditLoss((y, p) => tf.mean(tf.abs(tf.sub(y, tf.round(p)))));
  assertEquals([verdict, findings[0].cause, findings[0].where?.op], ["broken", "no-gradient-op", "Round"]);
  assert(/audit_loss_test\.ts:\d+:\d+$/.test(findings[0].where?.line ?? ""), findings[0].where?.line);
});

slow.test("losses of this library and of the thread", () => {
  const first = (loss: Parameters<typeof auditLoss>[0]) => auditLoss(loss).findings[0];
  assertEquals(first(precisionLoss())?.cause, "wrong-optimum");
  assertEquals(first(recallLoss())?.cause, "wrong-optimum");
  for (const step of ["softsign", "identity", "logistic", "straightThrough"] as const) {
    assert(auditLoss(f1Loss({ step })).verdict !== "broken", step);
  }
  // No positives in a batch, no gradient: it will hurt on rare classes, and does not break.
  assertEquals([auditLoss(jaccardLoss()).verdict, first(jaccardLoss())?.cause], ["suspect", "reduction"]);
  assertEquals(first(f1Loss({ step: "round" }))?.cause, "no-gradient-op");
  assertEquals(first(f1Loss({ step: "logistic", slope: 200 }))?.cause, "saturated");
  assertEquals([first(askedRoundLoss)?.cause, first(askedRoundLoss)?.where?.op], ["no-gradient-op", "Round"]);
  assertEquals(first(askedRampLoss)?.cause, "saturated");
  assert(auditLoss(answeredSoftsignLoss).verdict !== "broken");
});

slow.test("the same seed gives the same report, and nothing of the caller's is changed or left behind", async () => {
  for (const backend of ["cpu", "wasm"]) {
    await import("@tensorflow/tfjs-backend-wasm");
    await tf.setBackend(backend);
    for (const c of backend === "cpu" ? cases : cases.slice(0, 8)) {
      const before = tf.memory().numTensors, engine = Object.keys(tf.engine()).join();
      const a = auditLoss(c.loss, c.options), b = auditLoss(c.loss, c.options);
      assertEquals(JSON.stringify(a), JSON.stringify(b), c.id);
      assertEquals(String(a), String(b));
      assertEquals([tf.memory().numTensors, Object.keys(tf.engine()).join()], [before, engine], c.id);
    }
    assertStrictEquals(tf.getBackend(), backend);
  }
  await tf.setBackend("cpu");
});

Deno.test("what is no loss is one clear error, and leaves nothing behind", () => {
  const before = tf.memory().numTensors;
  const refused: [unknown, string][] = [
    [3, "Cannot audit the loss: 'loss' must be a function, it is 3"],
    [() => 0.5, "Cannot audit the loss: it must return a tensor, it returns 0.5"],
    [() => undefined, "Cannot audit the loss: it must return a tensor, it returns undefined"],
    [
      (y: { length?: number }) => 0 / y.length!,
      "a tensor, it returns NaN: labels and outputs are tensors, and neither",
    ],
    [() => Promise.resolve(1), "Cannot audit the loss: it must return a tensor, it returns a promise"],
    [() => {
      throw new Error("no");
    }, "Cannot audit the loss: called with labels [64,1] and outputs [64,1] it throws: no"],
  ];
  for (const [loss, message] of refused) {
    assertThrows(() => auditLoss(loss as Parameters<typeof auditLoss>[0]), TypeError, message);
  }
  const fine = scalarLoss((y, p) => tf.mean(tf.squaredDifference(y, p)));
  const kinds = [{ yPred: "prob" }, { yPred: [1, 0] }, { yPred: [0] }, {
    yTrue: "onehot",
  }] as unknown as AuditOptions[];
  for (const options of [{ rows: 7 }, { columns: 0 }, { prevalence: 1 }, { seed: -1 }, ...kinds]) {
    assertThrows(() => auditLoss(fine, options), RangeError, `'${Object.keys(options)[0]}' must be`);
  }
  assertStrictEquals(tf.memory().numTensors, before);
});

Deno.test("a loss that leaks is told so; one that keeps something once is not", () => {
  const kept: Tensor[] = [];
  const leaky = scalarLoss((y, p) => {
    kept.push(tf.keep(tf.scalar(1)), tf.variable(tf.scalar(2)));
    return tf.mean(tf.squaredDifference(y, p));
  });
  const { findings, probes, verdict } = auditLoss(leaky);
  tf.dispose(kept);
  assertEquals(probes.find(({ name }) => name === "tensors left behind")?.result, "found");
  assertEquals(findings.map(({ cause, severity }) => [cause, severity]), [["leak", "warning"]]);
  assertEquals([verdict, findings[0].evidence.tensorsLeftACall], ["suspect", 2]);
  assert(findings[0].message.startsWith("Each call leaves 2 tensors behind"));
  assert(findings[0].remedy.includes("tf.tidy"));
  let once: Tensor | undefined;
  const caching = scalarLoss((y, p) => tf.mean(tf.mul(once ??= tf.keep(tf.scalar(2)), tf.squaredDifference(y, p))));
  assertEquals(auditLoss(caching).findings, []);
  once!.dispose();
});

Deno.test("a loss that disposes of its inputs is one clear error, whatever it does then", () => {
  const before = tf.memory().numTensors, message = "Cannot audit the loss: it disposes of its inputs";
  const mse = (y: Tensor, p: Tensor) => tf.mean(tf.squaredDifference(y, p));
  const rude = [
    scalarLoss((y, p) => {
      const loss = mse(y, p);
      y.dispose();
      return loss;
    }),
    scalarLoss((y, p) => {
      const loss = mse(y, p);
      tf.dispose([y, p]);
      return loss;
    }),
    scalarLoss((y, p) => {
      p.dispose();
      return mse(y, p); // throws
    }),
  ];
  for (const loss of rude) assertThrows(() => auditLoss(loss), TypeError, message);
  assertStrictEquals(tf.memory().numTensors, before);
});

Deno.test("a loss that changes its inputs is one clear error: on cpu their numbers are the loss's to change", () => {
  const before = tf.memory().numTensors;
  const overwrite = (which: 0 | 1) =>
    scalarLoss((...given) => {
      const numbers = given[which].dataSync();
      for (let i = 0; i < numbers.length; i++) numbers[i] = 1 - numbers[i];
      return tf.mean(tf.squaredDifference(...given));
    });
  for (const [which, name] of [[0, "yTrue"], [1, "yPred"]] as const) {
    const message = `Cannot audit the loss: it changes the numbers of its argument '${name}'`;
    assertThrows(() => auditLoss(overwrite(which)), TypeError, message);
  }
  assertStrictEquals(tf.memory().numTensors, before);
});

Deno.test("a loss that returns no numbers, or none at all, is one clear error", () => {
  const before = tf.memory().numTensors,
    wanted = "Cannot audit the loss: it must return numbers, it returns a tensor of ";
  const strange: [() => Tensor, string][] = [
    [() => tf.tensor([]), "shape [0] and dtype 'float32'"],
    [() => tf.tensor(["good"]), "shape [1] and dtype 'string'"],
    [() => tf.complex(1, 1), "shape [] and dtype 'complex64'"],
  ];
  for (const [of, said] of strange) assertThrows(() => auditLoss(of), TypeError, wanted + said);
  assertStrictEquals(tf.memory().numTensors, before);
});

Deno.test("a loss that throws now and then, or remembers, is a finding, and leaves nothing behind", () => {
  const before = tf.memory().numTensors;
  for (const good of [1, 2, 5, 20, 60, 120]) {
    let calls = 0;
    const tired = scalarLoss((y, p) => {
      if (calls++ >= good) throw new Error("no more");
      y.dataSync(); // a loss that reads numbers is called for each batch
      return tf.mean(tf.squaredDifference(y, p));
    });
    const { findings, probes } = auditLoss(tired);
    const noted = findings.some(({ message }) => message.includes("no more"));
    assert(noted || probes.some(({ detail }) => detail.includes("no more")), `${good} calls`);
    assertStrictEquals(tf.memory().numTensors, before, `${good} calls`);
  }
});

Deno.test("a loss that changes backend or flags changes neither for its caller", async () => {
  const flag = "WEBGL_CPU_FORWARD";
  const before = tf.env().get(flag);
  const meddling = scalarLoss((y, p) => {
    tf.env().set(flag, !before);
    tf.setBackend("wasm");
    return tf.mean(tf.squaredDifference(y, p));
  });
  await import("@tensorflow/tfjs-backend-wasm");
  await tf.setBackend("wasm");
  await tf.setBackend("cpu");
  const audit = auditLoss(meddling);
  assertEquals([tf.getBackend(), tf.env().get(flag)], ["cpu", before]);
  assert(audit.probes.length > 0); // runs them
  assertEquals([tf.getBackend(), tf.env().get(flag)], ["cpu", before]);
});

Deno.test("progress is told in order, up to all that is tried", () => {
  const told: [number, number][] = [];
  const names = new Set<string>();
  const { probes } = auditLoss(scalarLoss((y, p) => tf.mean(tf.squaredDifference(y, p))), {
    onProgress: (done, of, next) => {
      told.push([done, of]);
      names.add(next);
    },
  });
  assertEquals(told.map(([done]) => done), told.map((_, i) => i));
  assert(told.every(([done, of]) => done < of && of === told.length));
  assert(names.has("useless models are worse") && probes.some(({ name }) => name === "useless models are worse"));
});

Deno.test("the probes are run when they are first read", () => {
  const told: string[] = [], tensors = tf.memory().numTensors;
  let calls = 0;
  const audit = auditLoss(
    scalarLoss((y, p) => {
      calls++;
      y.dataSync(); // a loss that reads numbers is called for each batch
      return tf.mean(tf.squaredDifference(y, p));
    }),
    { onProgress: (_done, _of, next) => told.push(next) },
  );
  const ruled = calls;
  assert(!told.includes("consequences"));
  const { probes } = audit, all = calls;
  assert(all > ruled && told.at(-1) === "consequences");
  assertStrictEquals(audit.probes, probes);
  assertEquals([calls, tf.memory().numTensors], [all, tensors]);
});

Deno.test("the time is that of the loss, beside the mean squared error's", () => {
  const before = tf.memory().numTensors;
  const mse = scalarLoss((y, p) => tf.mean(tf.squaredDifference(y, p)));
  const slow = scalarLoss((y, p) => {
    for (const end = performance.now() + 5; performance.now() < end;);
    return mse(y, p);
  });
  const { loss, reference } = auditLoss(mse).time();
  assert(loss > 0 && reference > 0);
  assert(auditLoss(slow, { rows: 8 }).time().loss > 5);
  assertStrictEquals(tf.memory().numTensors, before);
});

Deno.test("an asynchronous loss is one clear error", () => {
  const before = tf.memory().numTensors;
  const later = (y: Tensor, p: Tensor) => Promise.resolve(y.shape.length + p.shape.length);
  assertThrows(
    () => auditLoss(later as unknown as Parameters<typeof auditLoss>[0]),
    TypeError,
    "Cannot audit the loss: it must return a tensor, it returns a promise",
  );
  assertStrictEquals(tf.memory().numTensors, before);
});

slow.test("without options it says what it assumed; with them, every kind of output and label", () => {
  const mse = scalarLoss((y, p) => tf.mean(tf.squaredDifference(y, p)));
  assertEquals(auditLoss(mse).assumed, ["The outputs are probabilities", "The labels are 0 and 1"]);
  for (const yPred of ["probability", "real", "nonnegative", [0, 5]] as const) {
    for (const yTrue of ["real", "positive", "count", "probability"] as const) {
      const { verdict, assumed } = auditLoss(mse, { yPred, yTrue, columns: 2 });
      assertEquals(assumed, []);
      assert(["sound", "suspect"].includes(verdict), `${yPred} ${yTrue}: ${verdict}`);
    }
  }
});

Deno.test("a loss that is random is told so, and not blamed for what its chance does to batches", () => {
  const noisy = scalarLoss((y, p) => tf.mean(tf.mul(tf.randomUniform(p.shape), tf.squaredDifference(y, p))));
  const { findings, assumed, probes } = auditLoss(noisy);
  assertEquals(findings, []);
  assertEquals(probes.find(({ name }) => name === "same batch, same value")?.result, "found");
  assert(assumed.at(-1)?.startsWith("The loss is deterministic, but this one is not"));
  let calls = 0;
  const counting = scalarLoss((y, p) => tf.mul(tf.mean(tf.squaredDifference(y, p)), 1 / ++calls));
  assertEquals(auditLoss(counting).findings, []);
});

Deno.test("shares have labels of one class a row, if nothing else is said", () => {
  const crossEntropy = scalarLoss((y, p) => tf.neg(tf.mean(tf.sum(tf.mul(y, tf.log(tf.clipByValue(p, 1e-7, 1))), -1))));
  const { verdict, assumed } = auditLoss(crossEntropy, { yPred: "simplex" });
  assertEquals([verdict, assumed], ["sound", ["The labels are one-hot"]]);
});

Deno.test("a mean that is cast has a gradient that is not its slope; a softmax of one column is named", () => {
  const cast = auditLoss(scalarLoss((y, p) => tf.mean(tf.squaredDifference(y, p)).toInt())).findings[0];
  assertEquals([cast.cause, cast.where?.op], ["no-gradient-op", "Cast"]);
  const single = [
    scalarLoss((y, z) => tf.losses.softmaxCrossEntropy(y, z)),
    scalarLoss((y, z) => tf.neg(tf.mean(tf.mul(y, tf.logSoftmax(z))))),
  ];
  for (const loss of single) {
    const [{ cause, message }] = auditLoss(loss, { yPred: "logits" }).findings;
    assertEquals(cause, "constant");
    assert(message.startsWith("A softmax over one unit is always 1"), message);
  }
  const [said, assumed] = [{ columns: 1 }, {}].map((options) => auditLoss(single[1], options).findings[0].message);
  assertEquals(
    assumed,
    `${said}; one unit was assumed, for a loss of classes give columns: 3, yPred: "logits", yTrue: "one-hot" ` +
      "(--columns 3 --predictions logits --labels one-hot)",
  );
  const given = (kind: BatchKind, seed: number, rows: number) => {
    const { yTrue, yPred, trueShape, predShape } = samplerOf({})(kind, seed, rows)!;
    return { yTrue: tf.tensor(yTrue, trueShape), yPred: tf.tensor(yPred, predShape) };
  };
  assertEquals(auditLoss(single[1], { sample: given }).findings[0].message, said);
});

Deno.test("where an offset of all outputs costs nothing it is a question; where it costs something it is none", () => {
  const regression: AuditOptions = { yPred: "real", yTrue: "real" };
  const variance = scalarLoss((y, p) => tf.moments(tf.sub(y, p)).variance);
  const [note] = auditLoss(variance, regression).findings.filter(({ cause }) => cause === "wrong-optimum");
  assertEquals([note.severity, note.evidence.allMoreBy2], ["note", note.evidence.allLessBy2]);
  assertEquals(auditLoss(scalarLoss((y, p) => tf.mean(tf.abs(tf.sub(y, p)))), regression).findings, []);
});

Deno.test("a report is called as it is asked, and a factory is told from a loss", () => {
  const loss = scalarLoss((y, p) => tf.mean(tf.squaredDifference(y, p)));
  assertEquals([auditLoss(loss).name, auditLoss(loss, { name: "mine" }).name], ["loss", "mine"]);
  const factory = (() => loss) as unknown as typeof loss;
  assertThrows(
    () => auditLoss(factory),
    TypeError,
    "Cannot audit the loss: it must return a tensor, it returns a function: audit what it returns",
  );
});

Deno.test("an operation that the backend lacks on the way back is said to be lacking, not the loss to be detached", async () => {
  await import("@tensorflow/tfjs-backend-wasm");
  const picked = scalarLoss((y, p) => {
    const rows = tf.tensor1d([...p.dataSync().keys()].slice(0, 8), "int32");
    return tf.mean(tf.squaredDifference(tf.gather(y, rows), tf.gather(p, rows)));
  });
  for (const [backend, lacks] of [["cpu", false], ["wasm", true]] as const) {
    await tf.setBackend(backend);
    const [finding] = auditLoss(picked).findings;
    assertEquals(finding?.evidence.thrown === "Kernel 'UnsortedSegmentSum' not registered for backend 'wasm'", lacks);
    if (lacks) assertEquals(finding.cause, "no-gradient-op");
  }
  await tf.setBackend("cpu");
});

Deno.test("a term read out of one column is found, though all of its rows together move nothing", () => {
  const sign = (i: number) => i % 2 === 0 ? 1 : -1;
  for (const column of [0, 1, 2]) {
    const loss = scalarLoss((y, p) => {
      const readOut = [...p.dataSync()].filter((_, i) => i % 3 === column).reduce((sum, v, i) => sum + sign(i) * v, 0);
      return tf.add(tf.mean(tf.squaredDifference(y, p)), readOut);
    });
    const [finding] = auditLoss(loss, { yPred: "real", yTrue: "real", columns: 3 }).findings;
    assertEquals([finding.cause, Number(finding.evidence.element) % 3], ["detached", column]);
  }
});

Deno.test("after an error the later stages are skipped, whatever they would find", () => {
  const { findings, probes } = auditLoss(askedRoundLoss);
  assertEquals(findings.length, 1);
  const rules = probes.filter(({ detail }) => detail === "no-gradient-op comes first");
  assertEquals(rules.length, 17);
  assert(rules.every(({ result }) => result === "skipped"));
});

slow.test("a loss with many operations is audited on few rows, and says so, unless the number of rows is given", () => {
  const slowly = (y: Tensor, p: Tensor) => {
    let sum: Tensor = tf.scalar(0);
    for (let i = 0; i < p.shape[0]!; i++) {
      const row = (x: Tensor) => tf.slice(x, [i, 0], [1, 1]);
      for (let k = 0; k < 3; k++) sum = tf.add(sum, tf.mean(tf.square(tf.sub(row(y), row(p)))));
    }
    return tf.div(sum, p.shape[0]!);
  };
  const sentence =
    "Batches of 16 rows and 15 steps of a descent are enough: the loss has many operations or compares " +
    "rows with rows";
  assert(auditLoss(slowly).assumed.includes(sentence));
  assertEquals(auditLoss(slowly, { rows: 8, yPred: "probability", yTrue: "binary" }).assumed, []);
});

Deno.test("labels with further columns: a masked mean without a guard divides by 0, one with a guard is sound", () => {
  const masked = (least: number) => (y: Tensor, p: Tensor) => {
    const mask = tf.slice(y, [0, 1], [-1, 1]), e = tf.squaredDifference(tf.slice(y, [0, 0], [-1, 1]), p);
    return tf.div(tf.sum(tf.mul(mask, e)), tf.maximum(tf.sum(mask), least)) as Tensor;
  };
  const options: AuditOptions = { yPred: "real", yTrue: "real", extraLabels: ["mask"] };
  const { findings: [first] } = auditLoss(masked(0), options);
  assertEquals([first.cause, first.evidence.batch], ["zero-division", "zeroBoth"]);
  assertEquals(auditLoss(masked(1), options).verdict, "sound");
});

Deno.test("without labels, a function of one parameter is called with the outputs alone, which is assumed", () => {
  const spread = ((p: Tensor, margin = 0.5) => tf.add(tf.mean(tf.square(p)), margin)) as unknown as AuditedLoss;
  const { assumed, verdict } = auditLoss(spread, { yPred: "real", yTrue: "none" });
  assertEquals(assumed, ["The loss is called with the outputs alone, as it has one parameter"]);
  assertEquals(verdict, "sound");
  const compiled = auditLoss(spread, { yPred: "real", yTrue: "real" }); // as model.compile passes them
  assertEquals([compiled.verdict, compiled.assumed], ["broken", []]);
  const both = auditLoss((_, p) => tf.mean(tf.square(p)), { yPred: "real", yTrue: "none" });
  assertEquals([both.verdict, both.assumed], ["sound", []]);
});

Deno.test("fewer labels than outputs: the first outputs are the labels', the others are drawn as at random", () => {
  const options = { yPred: "real", yTrue: "real", columns: 3, labelColumns: 2, extraLabels: ["weight"] } as const;
  const sampler = samplerOf(options), random = sampler("random", 1, 8)!, perfect = sampler("perfect", 1, 8)!;
  assertEquals([random.trueShape, random.predShape], [[8, 3], [8, 3]]);
  assertEquals(perfect.yTrue, random.yTrue);
  const column = ({ yPred }: AuditBatch, c: number) => columnOf(yPred, 3, c);
  for (const c of [0, 1]) assertEquals(column(perfect, c), columnOf(perfect.yTrue, 3, c));
  assertEquals(column(perfect, 2), column(random, 2));
  assertNotEquals(column(perfect, 0), column(random, 0));
  const all = { ...options, labelColumns: 3 } as const, { labelColumns: _, ...unsaid } = all;
  for (const kind of batchKinds) assertEquals(samplerOf(all)(kind, 1, 8), samplerOf(unsaid)(kind, 1, 8));
  const refused: [AuditOptions, string][] = [
    [{ columns: 2, labelColumns: 3 }, "'labelColumns' must be an integer from 1 to 'columns', 2, it is 3"],
    [{ columns: 2, labelColumns: 0 }, "'labelColumns' must be an integer from 1 to 'columns', 2, it is 0"],
    [{ columns: 3, labelColumns: 1, yTrue: "index" }, "'labelColumns' cannot be used with labels of the kind index"],
    [{ columns: 3, labelColumns: 1, yTrue: "one-hot" }, "cannot be used with labels of the kind one-hot"],
    [
      { columns: 3, labelColumns: 1, yPred: "simplex", yTrue: "real" },
      "cannot be used with outputs of the kind simplex",
    ],
    [{ columns: 2, labelColumns: 1, sample: () => undefined }, "'labelColumns' cannot be used with 'sample'"],
  ];
  for (const [wrong, message] of refused) {
    assertThrows(() => auditLoss((y, p) => tf.mean(tf.sub(y, p)), wrong), RangeError, message);
  }
});

Deno.test("a mean and a variance, and quantiles of one target, are sound; the same with a fault are not", () => {
  const options = { yPred: "real", yTrue: "real", labelColumns: 1 } as const;
  const gaussian = (sign: number) => (y: Tensor, p: Tensor) => {
    const [mean, logVariance] = tf.split(p, 2, 1), bounded = tf.clipByValue(logVariance, -10, 10);
    const error = tf.mul(tf.squaredDifference(y, mean), tf.exp(tf.neg(bounded)));
    return tf.mean(tf.add(bounded, tf.mul(sign, error)));
  };
  const quantiles = (y: Tensor, p: Tensor) => {
    const share = tf.tensor1d([0.1, 0.5, 0.9]), error = tf.sub(y, p);
    return tf.mean(tf.maximum(tf.mul(share, error), tf.mul(tf.sub(share, 1), error)));
  };
  const inShort = (loss: AuditedLoss, columns: number) => {
    const { verdict, findings } = auditLoss(loss, { ...options, columns });
    return [verdict, ...findings.map(({ cause, severity }) => `${cause} ${severity}`)];
  };
  assertEquals(inShort(gaussian(1), 2), ["sound"]);
  assertEquals(inShort(quantiles, 3), ["sound"]);
  assertEquals(inShort(gaussian(-1), 2), ["broken", "wrong-sign error"]);
  assertEquals(inShort((y, p) => tf.mean(tf.squaredDifference(y, p)), 2), ["broken", "broadcast error"]);
  const [, ...unused] = inShort((y, p) => tf.mean(tf.squaredDifference(y, tf.split(p, 2, 1)[0])), 2);
  assertEquals(unused, ["wrong-optimum note"]);
});

Deno.test("a sampler gives two tensors, in one shape for all kinds of batches, or is refused", () => {
  const given = (columns: number, rows = 8) => ({ yTrue: tf.zeros([rows, columns]), yPred: tf.ones([rows, columns]) });
  const refused = (sample: unknown, error: typeof RangeError, message: string) => {
    const refusal = assertThrows(() => auditLoss(squaredError, { sample } as AuditOptions), error);
    assertStringIncludes(refusal.message, message);
  };
  const squaredError: AuditedLoss = (y, p) => tf.mean(tf.squaredDifference(y, p)),
    two = "'sample' must give { yTrue, yPred }";
  for (const wrong of [null, 3, {}, { yTrue: [1], yPred: [1] }]) refused(() => wrong, TypeError, two);
  refused(
    () => {
      const { yTrue, yPred } = given(1);
      yPred.dispose();
      return { yTrue, yPred };
    },
    TypeError,
    two,
  );
  refused(
    (kind: string) => given(kind === "random" ? 1 : 3),
    RangeError,
    "it gives labels [8,1] and outputs [8,1] for 'random', labels [8,3] and outputs [8,3] for 'perfect'",
  );
  refused((kind: string) => given(1, kind === "far" ? 9 : 8), RangeError, "outputs [9,1] for 'far'");
  refused((_: string, seed: number) => given(seed), RangeError, "outputs [8,2] for 'random'"); // the second random batch
});

Deno.test("outputs without a label that stay bounded are no wrong outputs without a gradient", () => {
  const bounded = (y: Tensor, p: Tensor) => {
    const [mean, ...others] = tf.split(p, 4, 1), [logVariance, b, c] = others.map((one) => tf.clipByValue(one, -3, 3));
    const error = tf.mul(tf.squaredDifference(y, mean), tf.exp(tf.neg(logVariance)));
    return tf.mean(tf.addN([error, logVariance, tf.square(b), tf.square(c)]));
  };
  assertEquals(auditLoss(bounded, { yPred: "real", yTrue: "real", columns: 4, labelColumns: 1 }).findings, []);
});

Deno.test("labels with further columns: weights, events and what is none of them", () => {
  const seen: number[][] = [];
  auditLoss((y, p) => {
    seen.push(y.shape);
    return tf.mean(tf.mul(tf.slice(y, [0, 1], [-1, 1]), tf.squaredDifference(tf.slice(y, [0, 0], [-1, 1]), p)));
  }, { yPred: "real", yTrue: "real", extraLabels: ["weight", "event"], rows: 8 });
  assertEquals(seen[0], [8, 3]);
  const wrong = { extraLabels: ["masks"] } as unknown as AuditOptions;
  assertThrows(
    () => auditLoss((_, p) => tf.mean(p), wrong),
    RangeError,
    "'extraLabels' must be a list of mask, weight, event",
  );
  const message = "called with labels [64,1] and outputs [64,1] it throws";
  assertThrows(() => auditLoss((y, p) => tf.mean(tf.mul(tf.slice(y, [0, 1], [-1, 1]), p))), TypeError, message);
});

Deno.test("labels of amounts are all 0, not negative", () => {
  const ratio = (y: Tensor, p: Tensor) => tf.mean(tf.abs(tf.div(tf.sub(y, p), y))) as Tensor;
  const { findings: [first] } = auditLoss(ratio, { yPred: "real", yTrue: "real" });
  assertEquals([first.cause, /\(labels that are all 0\)$/.test(first.message)], ["zero-division", true], first.message);
});

Deno.test("where the labels leave open whether a larger output is better, the loss decides, and the report says so", () => {
  const firstSaid = (loss: AuditedLoss, options: AuditOptions) => {
    const { verdict, assumed } = auditLoss(loss, options);
    return `${verdict}: ${assumed[0]}`;
  };
  const near = (y: Tensor, d: Tensor) =>
    tf.mean(tf.add(tf.mul(y, tf.square(d)), tf.mul(tf.sub(1, y), tf.square(tf.relu(tf.sub(1, d)))))) as Tensor;
  const apart = (y: Tensor, d: Tensor) => near(tf.sub(1, y), d);
  const distances: AuditOptions = { yPred: "nonnegative", yTrue: "binary" }, lower = "(the loss is lower then)";
  const alike =
    "A label of 1 asks for a smaller output than a label of 0: the outputs are distances, and 1 means alike";
  assertEquals(firstSaid(near, distances), `sound: ${alike} ${lower}`);
  assertEquals(firstSaid(apart, distances), `sound: A label of 1 asks for a larger output than a label of 0 ${lower}`);
  const critic: AuditOptions = { yPred: "real", yTrue: "sign" };
  const generated = "the outputs are a critic's, and 1 means generated";
  assertEquals(
    firstSaid((y, p) => tf.mean(tf.mul(y, p)), critic),
    `sound: A label of 1 asks for a smaller output than a label of -1: ${generated} ${lower}`,
  );
  const hinge = (sign: number) => (y: Tensor, p: Tensor) => tf.mean(tf.relu(tf.add(1, tf.mul(sign, tf.mul(y, p)))));
  assertEquals(auditLoss(hinge(-1), critic).verdict, "sound");
  assertEquals(auditLoss(hinge(1), critic).findings[0].cause, "wrong-sign"); // nothing is left open
  // Labels: time and event. The partial likelihood of Cox, of risks, and the squared error of times.
  const survival: AuditOptions = { yPred: "real", yTrue: "positive", extraLabels: ["event"] };
  const [time, event] = [0, 1].map((at) => (y: Tensor) => tf.slice(y, [0, at], [-1, 1]));
  const cox = (y: Tensor, p: Tensor) => {
    const t = time(y), later = tf.cast(tf.greaterEqual(tf.transpose(t), t), "float32");
    const masked = tf.sub(tf.mul(later, tf.transpose(p)), tf.mul(tf.sub(1, later), 1e9));
    return tf.neg(tf.mean(tf.mul(event(y), tf.sub(p, tf.logSumExp(masked, 1, true))))) as Tensor;
  };
  const risks = "An output is smaller where the time of the label is larger: the outputs are risks";
  assertEquals(firstSaid(cox, survival), `sound: ${risks} ${lower}`);
  const times = (y: Tensor, p: Tensor) =>
    tf.div(tf.sum(tf.mul(event(y), tf.squaredDifference(time(y), p))), tf.add(tf.sum(event(y)), 1e-6)) as Tensor;
  assertEquals(
    firstSaid(times, survival),
    `sound: An output is larger where the time of the label is: the outputs are times ${lower}`,
  );
  // Batches of one's own leave nothing open.
  const sample = sampleOf(distances);
  assertEquals(auditLoss(near, { ...distances, sample }).findings[0].cause, "wrong-sign");
});

Deno.test("an exponential of real outputs that overflows is a note, a logarithm of a sum of exponentials an error", () => {
  const options: AuditOptions = { yPred: "real", yTrue: "real", columns: 2 };
  const said = (loss: AuditedLoss, more: AuditOptions = {}) =>
    auditLoss(loss, { ...options, ...more }).findings.filter(({ cause }) => cause === "domain-edge")
      .map(({ severity, where }) => `${severity} ${where?.op}`).join();
  const rate = (y: Tensor, p: Tensor) => tf.mean(tf.sub(tf.exp(p), tf.mul(y, p))) as Tensor;
  assertEquals(said(rate), "note Exp");
  const { findings } = auditLoss(rate, options); // where it is NaN, nothing is flat
  assert(!findings.some(({ cause }) => cause === "saturated"), String(findings.map(({ message }) => message)));
  assertEquals(said(rate, { yPred: "logits" }), "error Exp");
  const naive = (y: Tensor, p: Tensor) =>
    tf.mean(tf.sub(tf.log(tf.sum(tf.exp(p), 1)), tf.sum(tf.mul(y, p), 1))) as Tensor;
  assertEquals(said(naive), "error Exp");
  const shifted = (y: Tensor, p: Tensor) => {
    const sums = tf.sum(tf.exp(tf.sub(p, tf.max(p))), 1);
    return tf.mean(tf.sub(tf.log(sums), tf.sum(tf.mul(y, p), 1))) as Tensor;
  };
  assertEquals(said(shifted), "note Log");
  assertEquals(said((y, p) => tf.mean(tf.log(tf.exp(tf.square(tf.sub(y, p)))))), "error Exp"); // of the error
});

Deno.test("of an argmax the remedy is to take the outputs themselves", () => {
  const loss = (y: Tensor, p: Tensor) => tf.mean(tf.abs(tf.sub(tf.argMax(p, -1), tf.argMax(y, -1))));
  const { findings: [{ where, remedy }] } = auditLoss(loss, { yPred: "simplex", yTrue: "one-hot", columns: 3 });
  assertEquals(where?.op, "ArgMax");
  assertEquals(remedy, "Use the outputs of the softmax themselves: their largest index has no slope");
});

Deno.test("the text counts all probes, names numbers in words and rounds them; the data keep names and digits", () => {
  const audit = auditLoss(askedRoundLoss), { evidence } = audit.findings[0];
  const skipped = audit.probes.filter(({ result }) => result === "skipped").length;
  const text = String(audit), said = `(${audit.probes.length} probes, ${skipped} of them skipped)`;
  assert(skipped > 0 && text.startsWith(`askedRoundLoss: broken ${said}\n`), text);
  assert(text.includes(`, value moves by ${Number(Number(evidence.valueMovesBy).toPrecision(4))}\n`), text);
  assertEquals(JSON.parse(JSON.stringify(audit)).findings[0].evidence, evidence);
  assert(/^a: sound \(1 probe\)$/.test(
    reportText({
      name: "a",
      verdict: "sound",
      findings: [],
      probes: [{ name: "a", result: "ok", detail: "" }],
      assumed: [],
    }),
  ));
});

Deno.test("a softmax of probabilities is named at its operation, not as a formula of both signs", () => {
  const loss = (y: Tensor, p: Tensor) => tf.neg(tf.mean(tf.sum(tf.mul(y, tf.log(tf.softmax(p as tf.Tensor2D))), -1)));
  const { findings: [{ cause, where, message }] } = auditLoss(loss, { yPred: "simplex", yTrue: "one-hot", columns: 3 });
  assertEquals([cause, where?.op], ["activation-mismatch", "Softmax"]);
  assert(/already probabilities/.test(message), message);
});
