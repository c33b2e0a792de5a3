import { Marked } from 'marked';
import type { RuleId } from '../model/identifiers.js';
import type { Playbook } from '../playbook/load-playbook.js';
import type { PlaybookEntry, PlaybookPage } from '../playbook/page.js';
import { escapeHtml, htmlPage } from './html-page.js';
import type { Reply, Route } from './reply.js';

// Pages are ours; HTML in them would still be shown as text.
const markdown = new Marked({ renderer: { html: ({ text }) => escapeHtml(text) } });

/** The address of what the playbook says of a rule, below the App's own. */
export function playbookPath(rule: RuleId): string {
  const [detector, name] = rule.split('/');
  return `/playbook/${detector}#${name}`;
}

/** `/`, `/playbook` and `/playbook/:detector`: the pages that comments link to. */
export function playbookRoutes({ pages }: Playbook): Route {
  const replies = new Map(pages.map((page) => [`playbook/${page.metric.detector}`, pageOf(page)]));
  const index = indexOf(pages);
  return async ({ path }) => {
    const name = path.filter((part) => part !== '').join('/');
    return name === '' || name === 'playbook' ? index : (replies.get(name) ?? null);
  };
}

const CACHED = 'public, max-age=300';

function indexOf(pages: readonly PlaybookPage[]): Reply {
  const items = pages.map(
    ({ metric, protects }) =>
      `<li><a href="/playbook/${metric.detector}">${escapeHtml(metric.title)}</a>: ${inline(protects)}</li>`,
  );
  const body = `<h1>Tunelint</h1>
<p>Reviews pull requests that touch the code and configuration of LLM fine-tuning. This is its playbook.</p>
<ul>
${items.join('\n')}
</ul>`;
  return htmlPage({ title: 'Tunelint', body, cacheControl: CACHED });
}

function pageOf({ metric, protects, entries }: PlaybookPage): Reply {
  const body = `<p><a href="/playbook">Playbook</a></p>
<h1>${escapeHtml(metric.title)}</h1>
${block(protects)}
<p>Metric: <code>${escapeHtml(metric.key)}</code></p>
<blockquote><p>Minimal fix: ${inline(metric.minimalFix)}</p></blockquote>
${entries.map(entryOf).join('\n')}`;
  return htmlPage({ title: `${metric.title} · Tunelint`, body, cacheControl: CACHED });
}

function entryOf({ rule, why, edit, verify, leaveItWhen }: PlaybookEntry): string {
  const name = rule.slice(rule.indexOf('/') + 1);
  return `<section id="${escapeHtml(name)}">
<h2><code>${escapeHtml(rule)}</code></h2>
<h3>Why</h3>
${block(why)}
<h3>Edit</h3>
${block(edit)}
<h3>Verify</h3>
${block(verify)}
<h3>Leave it when</h3>
${block(leaveItWhen)}
</section>`;
}

function block(text: string): string {
  return markdown.parse(text, { async: false }).trim();
}

function inline(text: string): string {
  return markdown.parseInline(text, { async: false });
}
