import { afterEach } from '@jest/globals';
import { createLog, type Logger } from '../../src/logging/log.js';
import { type Front, type FrontOptions, openFront } from '../../src/web/front.js';

export interface Serving {
  /** Starts a server for one test, and gives its address. */
  readonly serve: (options: Partial<FrontOptions>) => Promise<string>;
  /** All that was logged in this test. */
  readonly logged: () => string;
  readonly log: Logger;
}

/** Real servers on this machine, closed after each test. */
export function useServers(): Serving {
  const fronts: Front[] = [];
  const lines: string[] = [];
  const log = createLog({ level: 'debug', secrets: [], stream: { write: (line) => void lines.push(line) } });
  afterEach(async () => {
    for (const front of fronts.splice(0)) await front.close(0);
    lines.length = 0;
  });
  const serve = async (options: Partial<FrontOptions>): Promise<string> => {
    const front = await openFront({ host: '127.0.0.1', port: 0, routes: [], webhooks: null, log, ...options });
    fronts.push(front);
    return `http://127.0.0.1:${front.port}`;
  };
  return { serve, logged: () => lines.join(''), log };
}
