import type { FuzzFinding } from '../fuzz/fuzz-run.ts';
import type { Outcome } from '../run/outcome.ts';
import { escapeHtml } from './escape-html.ts';
import type { RouteSummary, Summary } from './summary.ts';

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8884; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
tr.failed td:first-child, h3 { border-left: 4px solid #d33; padding-left: .6rem; }
tr.passed td:first-child { border-left: 4px solid #2a7; }
pre { overflow: auto; max-height: 20rem; padding: .6rem; background: #8881; white-space: pre-wrap; word-break: break-word; }
.expected { color: #178a52; } .got { color: #d33; }
input { font: inherit; padding: .3rem .6rem; width: 24rem; max-width: 100%; }
article { margin: 1.5rem 0; } [hidden] { display: none; }
`;

const script = `
const filter = document.querySelector('#filter');
filter.addEventListener('input', () => {
  const wanted = filter.value.toLowerCase();
  for (const entry of document.querySelectorAll('[data-text]')) {
    entry.hidden = !entry.dataset.text.toLowerCase().includes(wanted);
  }
});
`;

/** The run as one self-contained page: failures first, then a line per route, with a filter over both. */
export function htmlReport(summary: Summary): string {
  const { baseUrl, seed, durationMs, passed, failed, routes, fuzz } = summary;
  const failures = routes.flatMap((route) => route.failures);
  const findings = fuzz?.findings ?? [];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Conformance: ${failed === 0 ? 'all hold' : `${failed} failed`}</title>
<style>${style}</style>
</head>
<body>
<h1>Conformance of ${escapeHtml(baseUrl)}</h1>
<p><strong>${passed} passed, ${failed} failed</strong> in ${(durationMs / 1000).toFixed(1)} s, seed ${seed}.</p>
<p><input id="filter" type="search" placeholder="Filter by route, title or text" aria-label="Filter"></p>
${failures.length + findings.length === 0 ? '' : `<h2>What does not hold</h2>\n${failures.map(failureArticle).join('\n')}\n${findings.map(findingArticle).join('\n')}`}
<h2>Routes</h2>
<table>
<thead><tr><th>Route or area</th><th></th><th>Hold</th><th>Fail</th></tr></thead>
<tbody>
${routes.map(routeLine).join('\n')}
${fuzz === undefined ? '' : `<tr class="${findings.length === 0 ? 'passed' : 'failed'}" data-text="random requests"><td>random requests</td><td>${fuzz.accepted} accepted, ${fuzz.refused} refused</td><td class="number">${fuzz.requests}</td><td class="number">${findings.length}</td></tr>`}
</tbody>
</table>
<script>${script}</script>
</body>
</html>
`;
}

function routeLine({ name, about, passed, failures }: RouteSummary): string {
  const verdict = failures.length === 0 ? 'passed' : 'failed';
  return `<tr class="${verdict}" data-text="${escapeHtml(`${name} ${about}`)}"><td>${escapeHtml(name)}</td><td>${escapeHtml(about)}</td><td class="number">${passed}</td><td class="number">${failures.length}</td></tr>`;
}

function failureArticle(outcome: Outcome): string {
  const { case: failed, form, differences, exchanges } = outcome;
  const rows = differences.map(
    ({ at, expected, got }) =>
      `<tr><td>${escapeHtml(at)}</td><td class="expected">${escapeHtml(expected)}</td><td class="got">${escapeHtml(got)}</td></tr>`,
  );
  const records = exchanges.map(
    ({ request, response }) =>
      `<pre>${escapeHtml(request)}</pre><pre>${escapeHtml(response)}</pre>`,
  );
  return `<article data-text="${escapeHtml(`${failed.route} ${form} ${failed.title} ${failed.spec}`)}">
<h3>${escapeHtml(failed.route)} (${form}): ${escapeHtml(failed.title)}</h3>
<p>${escapeHtml(failed.spec)}</p>
<table><thead><tr><th>Where</th><th>Expected</th><th>Got</th></tr></thead><tbody>${rows.join('')}</tbody></table>
<details><summary>${exchanges.length} exchanges</summary>${records.join('\n')}</details>
</article>`;
}

function findingArticle({ problem, request, response }: FuzzFinding): string {
  return `<article data-text="${escapeHtml(`random request ${problem}`)}">
<h3>Random request: ${escapeHtml(problem)}</h3>
<pre>${escapeHtml(request)}</pre><pre>${escapeHtml(response)}</pre>
</article>`;
}
