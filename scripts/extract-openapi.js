// Cuts the operations that the stand-in for GitHub serves out of GitHub's OpenAPI description, which is 13 MB.
//
//   npm install --prefix FOLDER @octokit/openapi@23.0.2      (395 MB, so not a dependency)
//   node scripts/extract-openapi.js FOLDER/node_modules/@octokit/openapi/generated/api.github.com.json
//
// Writes test/github/stand-in/openapi.json: paths with parameters, bodies and answers, and the components that they name,
// without prose and examples. Each stands on a line of its own, so that a newer description shows what changed.
import { readFile, writeFile } from 'node:fs/promises';

const OPERATIONS = new Set([
  'apps/get-authenticated',
  'apps/list-installations',
  'apps/get-installation',
  'apps/get-repo-installation',
  'apps/create-installation-access-token',
  'apps/list-webhook-deliveries',
  'apps/get-webhook-delivery',
  'apps/redeliver-webhook-delivery',
  'apps/list-repos-accessible-to-installation',
  'repos/get',
  'repos/get-branch',
  'repos/get-commit',
  'repos/compare-commits-with-basehead',
  'repos/download-tarball-archive',
  'repos/list-pull-requests-associated-with-commit',
  'repos/get-collaborator-permission-level',
  'git/get-ref',
  'git/get-tree',
  'git/get-blob',
  'pulls/list',
  'pulls/get',
  'pulls/list-files',
  'pulls/list-reviews',
  'pulls/get-review',
  'pulls/list-comments-for-review',
  'pulls/create-review',
  'pulls/submit-review',
  'pulls/delete-pending-review',
  'pulls/list-review-comments',
  'pulls/get-review-comment',
  'pulls/update-review-comment',
  'pulls/delete-review-comment',
  'pulls/create-reply-for-review-comment',
  'checks/create',
  'checks/update',
  'checks/get',
  'checks/list-annotations',
  'checks/list-for-ref',
  'checks/list-for-suite',
  'checks/get-suite',
  'checks/list-suites-for-ref',
  'rate-limit/get',
]);
const PROSE = new Set(['description', 'summary', 'example', 'examples', 'externalDocs', 'tags', 'title']);

const [, , file] = process.argv;
if (file === undefined) {
  process.stderr.write('usage: node scripts/extract-openapi.js api.github.com.json\n');
  process.exit(2);
}
const whole = JSON.parse(await readFile(file, 'utf8'));
const paths = {};
const missing = new Set(OPERATIONS);
for (const [path, methods] of Object.entries(whole.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    if (!missing.delete(operation.operationId)) continue;
    const { operationId, parameters = [], requestBody, responses } = operation;
    paths[path] = { ...paths[path], [method]: bare({ operationId, parameters, requestBody, responses }) };
  }
}
if (missing.size > 0) throw new Error(`not in the description: ${[...missing].join(', ')}`);
const components = {};
const pending = referencesIn(paths);
for (let reference = pending.pop(); reference !== undefined; reference = pending.pop()) {
  const [kind, name] = reference.slice('#/components/'.length).split('/');
  if (components[kind]?.[name] !== undefined) continue;
  const part = bare(whole.components[kind][name]);
  components[kind] = { ...components[kind], [name]: part };
  pending.push(...referencesIn(part));
}
const { title, version, license } = whole.info;
const cut = { info: { title, version, license }, paths, components };
await writeFile(new URL('../test/github/stand-in/openapi.json', import.meta.url), `${inLines(cut)}\n`);

/** Without prose, and without what only GitHub's own tools read. */
function bare(value, isMap = false) {
  if (Array.isArray(value)) return value.map((item) => bare(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => isMap || !(PROSE.has(key) || key.startsWith('x-')));
  return Object.fromEntries(entries.map(([key, item]) => [key, bare(item, !isMap && key === 'properties')]));
}

function inLines({ info, paths, components }) {
  const groups = Object.entries(components).map(([kind, parts]) => `${JSON.stringify(kind)}: {\n${lines(parts)}\n}`);
  return `{
"info": ${JSON.stringify(info)},
"paths": {
${lines(paths)}
},
"components": {
${groups.sort().join(',\n')}
}
}`;
}

function lines(parts) {
  return Object.entries(parts)
    .map(([name, part]) => `${JSON.stringify(name)}: ${JSON.stringify(part)}`)
    .sort()
    .join(',\n');
}

function referencesIn(value) {
  return [...JSON.stringify(value).matchAll(/"\$ref":"(#\/components\/[^"]+)"/g)].map(([, reference]) => reference);
}
