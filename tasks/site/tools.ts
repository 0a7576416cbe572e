/**
 * Pages of the tools: each runs in the reader's browser, and its script puts the controls into its place.
 *
 * @module
 */

/** Page of a tool. */
interface Tool {
  file: string;
  /** Title, as inline HTML. */
  title: string;
  /** Name in the navigation. */
  short: string;
  description: string;
  /** Script in `assets/`. */
  script: string;
  /** Beginning of the notebook's page that leads to the tool, and the words of the link. */
  from: { page: string; words: string };
  main: string;
}

const main = (tool: string, title: string, answer: string, without: string, after: string) =>
  `<article>
<header class="title">
<p class="kicker">Tool</p>
<h1 id="tool">${title}</h1>
<p class="answer">${answer}</p>
</header>
<div class="tool wide" data-tool="${tool}"><p>${without}</p></div>
${after}
</article>`;

/** Tools in their order. */
export const tools: readonly Tool[] = [
  {
    file: "audit.html",
    title: "Audit your loss",
    short: "Audit a loss",
    description:
      "Paste a TensorFlow.js loss and see in seconds why it does not learn: the cause, the line, the evidence and a remedy.",
    script: "audit.js",
    from: { page: "07_", words: "Audit a loss of your own" },
    main: main(
      "audit",
      "Audit your loss",
      "Paste a TensorFlow.js loss and see why it does not learn: the cause, the line, the evidence and a remedy.",
      "This tool runs in the browser and needs JavaScript. In a terminal, <code>deno task audit FILE.ts#name</code> " +
        "gives the same report.",
      `<h2 id="how">How it works</h2>
<p>The page turns the text into a function and calls the function on batches of every kind. It follows the operations one by
one and compares the gradient with differences of the loss. Each such check is a <em>probe</em>. A loss whose gradient is
blocked skips the probes that need a gradient. The verdict is <em>broken</em> (a probe found an error),
<em>suspect</em> (a probe found a reason for a warning) or <em>sound</em> (no probe found a fault). The curve follows the loss from wrong predictions to right ones: it should
fall all the way. The loss may be flat at the very end, where the predictions are right.</p>
<p>A loss that never returns is ended after the time limit. The text stays in this page: the page makes no request, and a
link holds the text after the <code>#</code>, which browsers do not send.</p>
<p>The name <code>tf</code> is TensorFlow.js 4.22 and <code>rb</code> is this library; the text may also import them. If it
declares several functions, the audit takes the default export, or else the last one. <em>Further column of the labels</em>
is for a loss that reads a mask or weights out of <code>yTrue</code>; leave it, and the columns of outputs, if you do not
know.</p>
<p>A loss in Python cannot run here. In a clone of the project, <code>deno task audit losses.py#my_loss</code> audits it as it
is, for Keras, TensorFlow, PyTorch and JAX.</p>`,
    ),
  },
  {
    file: "compare.html",
    title: "Does it pay on your table?",
    short: "Compare on a table",
    description:
      "Drop a CSV file and see whether training on a score beats cross-entropy with a tuned threshold on it. " +
      "The file never leaves the page.",
    script: "compare.js",
    from: { page: "05_", words: "Try it on your own table" },
    main: main(
      "compare",
      "Does it pay on your table?",
      "Drop a CSV file and see whether training on a score beats cross-entropy on it. The file never leaves this page.",
      "This tool runs in the browser and needs JavaScript. In a terminal, " +
        "<code>deno task compare FILE.csv --label COLUMN</code> gives the same result.",
      `<h2 id="how">How it works</h2>
<p>The page trains a linear model and a small network with cross-entropy, with its weighted and focal forms and with losses
made of the score. It repeats this on random splits of the rows, and scores each model on rows that it was not trained on, at a
tuned threshold and at 0.5. The intervals are corrected for splits that share rows.</p>
<p>Of the losses of the score, <em>softsign</em> replaces rounding by a smooth step, <em>identity</em> sums the probabilities
(the plain soft score), and <em>straight-through</em> rounds but borrows the gradient of the softsign. <em>Warm start</em> means
that the training begins with cross-entropy. <em>Inconclusive</em> means that the intervals are too wide to tell the losses
apart: more rows can help.</p>
<p>Precision and recall are not among the scores, because a model can perfect either alone: one sure row is enough for
precision, predicting every row positive for recall. The command <code>deno task compare FILE.csv --label COLUMN</code> also
compares by costs and by curves. For precision with some recall, choose F-beta with a beta below 1, or precision at a required
recall, which is precision minus four times the shortfall of recall and can be negative.</p>
<p>The page makes no request; its content security policy forbids it. From more than 10,000 rows it draws 10,000 at random.
A table of 400 rows takes about ten seconds, one of 10,000 rows and 50 columns a minute or two; the first results appear after
three splits.</p>`,
    ),
  },
];
