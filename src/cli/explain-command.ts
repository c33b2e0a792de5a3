import { detectors } from '../../detectors/catalog.js';
import { UserError } from '../model/user-error.js';
import { loadPlaybook } from '../playbook/load-playbook.js';
import { explain, topicOf } from '../presentation/explanation.js';
import { DETECTORS } from './package-root.js';
import { type Terminal, write } from './terminal.js';

/** Tells what a metric or a rule is about; without a name, which there are. */
export async function explainCommand(words: string | null, terminal: Terminal): Promise<number> {
  const found = words === null ? ({ state: 'found', topic: { kind: 'all' } } as const) : topicOf(words, detectors);
  if (found.state === 'unknown') {
    throw new UserError({
      code: 'unknown-topic',
      message: `"${words}" is neither a metric nor a rule.`,
      advice:
        found.near.length === 0
          ? '`tunelint explain` lists all of them.'
          : `Did you mean ${found.near.join(', ')}? \`tunelint explain\` lists all of them.`,
    });
  }
  await write(terminal.stdout, explain(found.topic, detectors, await loadPlaybook(DETECTORS)));
  return 0;
}
