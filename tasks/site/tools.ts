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
<p>The text becomes a function in a worker of this page. The audit calls the function on batches of every kind, follows its
operations one by one, and compares its gradient with differences. A loss that never returns is ended after the time
limit. The text stays in this page: the page makes no request, and a link holds the text after the <code>#</code>, which
browsers do not send.</p>
<p>The name <code>tf</code> is TensorFlow.js 4.22 and <code>rb</code> is this library; both can also be imported. Of several
functions the last one is taken, or the default export. Losses in Python have the command
<code>deno task audit FILE.py#name</code>.</p>`,
    ),
  },
  {
    file: "compare.html",
    title: "Does it pay on your table?",
    short: "Compare on a table",
    description:
      "Drop a CSV file and see whether training on a score pays on it, against cross-entropy with a tuned threshold. " +
      "The file never leaves the page.",
    script: "compare.js",
    from: { page: "05_", words: "Try it on your own table" },
    main: main(
      "compare",
      "Does it pay on your table?",
      "Drop a CSV file and see whether training on a score pays on it. The file never leaves this page.",
      "This tool runs in the browser and needs JavaScript. In a terminal, " +
        "<code>deno task compare FILE.csv --label COLUMN</code> gives the same result.",
      `<h2 id="how">How it works</h2>
<p>A worker of this page reads the table and runs the comparison of the command <code>deno task compare</code>: a linear model
and a small network are trained with cross-entropy, with its weighted and focal forms and with losses made of the score, on
repeated splits. Each is scored on rows that no training saw, at a tuned threshold and at 0.5. Intervals are corrected for splits
that share rows.</p>
<p>The page makes no request; its content security policy forbids it. Of more than 10,000 rows, 10,000 are drawn at random.
A table of 400 rows takes about ten seconds, one of 10,000 rows and 50 columns a minute or two; the first results are shown
after three splits.</p>`,
    ),
  },
];
