import { jsonReply, type Route, textReply } from './reply.js';

/** What readiness depends on; each rejects or takes too long where it is not well. */
export type Checks = Readonly<Record<string, () => Promise<unknown>>>;

const PATIENCE_MILLISECONDS = 2_000;

/** `/healthz`: this process answers. `/readyz`: all that it needs answers too, so that it may be sent work. */
export function healthRoutes(checks: Checks): Route {
  return async ({ path: [name, ...rest] }) => {
    if (rest.length > 0) return null;
    if (name === 'healthz') return textReply(200, 'ok');
    if (name !== 'readyz') return null;
    const states = await Promise.all(
      Object.entries(checks).map(async ([what, check]) => [what, (await isWell(check)) ? 'ok' : 'failing'] as const),
    );
    const ready = states.every(([, state]) => state === 'ok');
    return jsonReply(ready ? 200 : 503, Object.fromEntries(states));
  };
}

async function isWell(check: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MILLISECONDS);
  });
  const well = check().then(
    () => true,
    () => false,
  );
  const result = await Promise.race([well, late]);
  clearTimeout(timer);
  return result;
}
