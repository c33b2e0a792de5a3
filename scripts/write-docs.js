// Writes docs/metrics.md from the detectors' own pages and docs/metric-quartiles.json. Run after `npm run build`.
import { readFile, writeFile } from 'node:fs/promises';
import { detectors } from '../dist/detectors/catalog.js';
import { loadPlaybook } from '../dist/src/playbook/load-playbook.js';
import { metricsPage, quartilesSchema } from '../dist/src/presentation/metrics-page.js';

const docs = new URL('../docs/', import.meta.url);
const quartiles = quartilesSchema.parse(JSON.parse(await readFile(new URL('metric-quartiles.json', docs), 'utf8')));
const playbook = await loadPlaybook(new URL('../detectors/', import.meta.url));
await writeFile(new URL('metrics.md', docs), metricsPage(detectors, playbook, quartiles));
