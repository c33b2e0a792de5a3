import type { FailedDelivery } from '../app/hosting.js';
import type { Access } from './access.js';
import { asking } from './host-errors.js';

/** Pages of a hundred: beyond, what failed is found by looking at the pull requests. */
const MOST_PAGES = 50;

/**
 * Webhook deliveries that no try has brought to us, oldest first. A redelivery has a number of its own and the guid of
 * what it repeats.
 */
export async function failedDeliveries({ client, signal }: Access, since: Date): Promise<readonly FailedDelivery[]> {
  const failed = new Map<string, FailedDelivery>();
  const arrived = new Set<string>();
  await asking(signal, async () => {
    let read = 0;
    for await (const { data } of client.paginate.iterator(client.rest.apps.listWebhookDeliveries, { per_page: 100 })) {
      for (const { id, guid, status_code, delivered_at } of data) {
        if (new Date(delivered_at) < since) return;
        if (status_code >= 200 && status_code < 300) arrived.add(guid);
        else if (!failed.has(guid)) failed.set(guid, { id: String(id), guid });
      }
      read += 1;
      if (read === MOST_PAGES) return;
    }
  });
  return [...failed.values()].filter(({ guid }) => !arrived.has(guid)).reverse();
}
