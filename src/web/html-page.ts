import { createHash } from 'node:crypto';
import type { Reply } from './reply.js';

const STYLE = `
body { margin: 2rem auto; max-width: 46rem; padding: 0 1rem; font: 16px/1.6 system-ui, sans-serif; color: #1f2328; background: #fff; }
h1, h2, h3 { line-height: 1.25; } h2 { margin-top: 2.5rem; border-top: 1px solid #d1d9e0; padding-top: 1.5rem; }
h3 { font-size: 1rem; margin-bottom: 0; } a { color: #0969da; }
code, pre { font: 14px/1.5 ui-monospace, monospace; background: #f6f8fa; border-radius: 6px; }
code { padding: 0.15em 0.35em; } pre { padding: 1rem; overflow-x: auto; } pre code { padding: 0; }
blockquote { margin: 1rem 0; padding: 0 1rem; border-left: 4px solid #d1d9e0; color: #59636e; }
table { border-collapse: collapse; } th, td { border: 1px solid #d1d9e0; padding: 0.3rem 0.7rem; text-align: left; }
input, button { font: inherit; padding: 0.4rem 0.8rem; } :target { scroll-margin-top: 1rem; background: #fff8c5; }
@media (prefers-color-scheme: dark) {
  body { color: #d1d7e0; background: #0d1117; } a { color: #4493f8; } code, pre { background: #151b23; } h2 { border-color: #3d444d; }
  blockquote { border-color: #3d444d; color: #9198a1; } th, td { border-color: #3d444d; } :target { background: #272215; }
}`;
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

export interface Page {
  readonly title: string;
  /** HTML that is safe as it is. */
  readonly body: string;
  /** Where forms of the page may be sent to, as sources of a content security policy. */
  readonly formTargets?: readonly string[];
  readonly cacheControl?: string;
}

/** A page that can load and run nothing, whatever is in it: its one style is allowed by its digest. */
export function htmlPage({ title, body, formTargets = [], cacheControl = 'no-store' }: Page): Reply {
  const forms = formTargets.length === 0 ? "'none'" : formTargets.join(' ');
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action ${forms}`,
      'cache-control': cacheControl,
    },
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`,
  };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in HTML, in an attribute too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
