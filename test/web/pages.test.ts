import { describe, expect, it } from '@jest/globals';
import type { QueueSize } from '../../src/app/keeping.js';
import { ruleId } from '../../src/model/identifiers.js';
import { createPlaybook, loadPlaybook } from '../../src/playbook/load-playbook.js';
import { METRICS } from '../../src/playbook/metrics.js';
import { healthRoutes } from '../../src/web/health-routes.js';
import { createMetrics } from '../../src/web/metrics.js';
import { playbookPath, playbookRoutes } from '../../src/web/playbook-routes.js';
import { useServers } from './serving.js';

const { serve } = useServers();
const DETECTORS = new URL('../../detectors/', import.meta.url);

describe('the pages of the playbook', () => {
  it('have a section for every rule, at the address that comments link to', async () => {
    const playbook = await loadPlaybook(DETECTORS);
    const address = await serve({ routes: [playbookRoutes(playbook)] });
    for (const { entries } of playbook.pages) {
      for (const { rule } of entries) {
        const [path, anchor] = playbookPath(rule).split('#');
        const response = await fetch(address + path);
        expect([rule, response.status]).toEqual([rule, 200]);
        expect(await response.text()).toContain(`<section id="${anchor}">`);
      }
    }
  });

  it('are listed, and may be kept for a while', async () => {
    const playbook = await loadPlaybook(DETECTORS);
    const address = await serve({ routes: [playbookRoutes(playbook)] });
    for (const path of ['/', '/playbook', '/playbook/']) {
      const response = await fetch(address + path);
      const text = await response.text();
      expect(response.headers.get('cache-control')).toBe('public, max-age=300');
      for (const { metric } of playbook.pages) expect(text).toContain(`href="/playbook/${metric.detector}"`);
    }
    expect((await fetch(`${address}/playbook/nothing`)).status).toBe(404);
  });

  it('show markup as text and cannot run anything', async () => {
    const [metric] = METRICS;
    if (metric === undefined) throw new Error('there are no metrics');
    const nasty = '**bold** <script>alert(1)</script> `<b>` <img src=x onerror=y>';
    const rule = ruleId('base-model-versioning/nasty');
    const entry = { rule, why: nasty, edit: nasty, edits: [], verify: nasty, leaveItWhen: nasty };
    const playbook = createPlaybook([{ metric, protects: nasty, entries: [entry] }]);
    const address = await serve({ routes: [playbookRoutes(playbook)] });
    const response = await fetch(`${address}/playbook/${metric.detector}`);
    const text = await response.text();
    expect(text).not.toMatch(/<script|<img/);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toContain('<strong>bold</strong>');
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]+=*';/,
    );
  });
});

describe('health', () => {
  it.each<[string, () => Promise<unknown>, number, object]>([
    ['all that it needs answers', async () => 1, 200, { database: 'ok', queue: 'ok' }],
    ['something fails', () => Promise.reject(new Error('away')), 503, { database: 'failing', queue: 'ok' }],
    ['something does not answer', () => new Promise(() => {}), 503, { database: 'failing', queue: 'ok' }],
  ])('is told where %s', async (_, database, status, states) => {
    const address = await serve({ routes: [healthRoutes({ database, queue: async () => [] })] });
    const ready = await fetch(`${address}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([status, states]);
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
  });
});

describe('metrics', () => {
  it('count deliveries, jobs, requests to the host and what waits', async () => {
    const sizes: QueueSize[] = [{ kind: 'review', state: 'waiting', jobs: 3 }];
    const metrics = createMetrics({ sizes: async () => sizes });
    metrics.delivery('pull_request', 'accepted', 0.02);
    metrics.refused();
    metrics.job('review', 'done', 3);
    metrics.exhausted('score');
    metrics.hostRequest('GET', 200);
    metrics.hostRequest('POST', null);
    const address = await serve({ routes: [metrics.route] });
    const text = await (await fetch(`${address}/metrics`)).text();
    for (const line of [
      'tunelint_deliveries_total{event="pull_request",outcome="accepted"} 1',
      'tunelint_deliveries_refused_total 1',
      'tunelint_delivery_seconds_bucket{le="0.025"} 1',
      'tunelint_jobs_total{kind="review",outcome="done"} 1',
      'tunelint_jobs_total{kind="score",outcome="exhausted"} 1',
      'tunelint_job_seconds_bucket{le="5",kind="review"} 1',
      'tunelint_github_requests_total{method="GET",status="200"} 1',
      'tunelint_github_requests_total{method="POST",status="none"} 1',
      'tunelint_queue_jobs{kind="review",state="waiting"} 3',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('are told of the process while the database is away', async () => {
    const { route } = createMetrics({ sizes: () => Promise.reject(new Error('away')) });
    const response = await fetch(`${await serve({ routes: [route] })}/metrics`);
    expect([response.status, (await response.text()).includes('process_cpu_seconds_total')]).toEqual([200, true]);
  });
});
