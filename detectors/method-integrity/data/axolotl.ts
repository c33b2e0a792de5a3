import type { Method, TrainingRun } from '../../../src/model/run.js';
import { met, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';

/**
 * The `type` of each data set names what turns its rows into pairs or ratings. It is looked up among those of the
 * method, so one that is made for conversations is not found.
 */
export function axolotlData(run: TrainingRun): readonly PlaceVerdict[] {
  const folder = FOLDERS[run.method];
  if (folder === undefined) return [];
  return [...run.settings.stated].flatMap(([key, { setting }]): PlaceVerdict[] => {
    if (!/^(?:test_)?datasets\.\d+\.type$/.test(key) || setting.state === 'absent') return [];
    if (setting.state === 'dynamic') return [unknown(`\`${setting.expression}\` is known only when it runs`)];
    const type = String(setting.value);
    if (new RegExp(`^(?:${folder.own})(?:\\.|$)`).test(type)) return [met(setting.at)];
    // Any other dotted name may be a module of the repository.
    if (!INSTRUCTION_TYPES.test(type)) return [unknown(`\`type: ${type}\` is not known here`)];
    return [
      violated({
        severity: 'error',
        at: setting.at,
        chain: setting.chain,
        key: 'datasets.type',
        value: type,
        message: `\`type: ${type}\` makes instructions, and \`rl: ${run.method}\` needs ${folder.needs}, so axolotl fails while it reads the data. Use ${folder.example}.`,
      }),
    ];
  });
}

interface Folder {
  /** Modules that axolotl has for the method. */
  readonly own: string;
  readonly needs: string;
  readonly example: string;
}

const PAIR_TYPES: Folder = {
  own: 'chat_template|chatml|llama3|zephyr|user_defined|passthrough',
  needs: 'pairs of answers',
  example: '`type: chat_template.default`, or `chatml.intel` and its like for rows of that shape',
};
const FOLDERS: Partial<Record<Method, Folder>> = {
  dpo: PAIR_TYPES,
  ipo: PAIR_TYPES,
  simpo: PAIR_TYPES,
  orpo: { own: 'chat_template', needs: 'pairs of answers', example: '`type: chat_template.argilla`' },
  kto: {
    own: 'chatml|llama3|user_defined',
    needs: 'rated answers',
    example: '`type: llama3.ultra` or `chatml.argilla`',
  },
};

/** Formats of instructions, conversations and plain text. */
const INSTRUCTION_TYPES =
  /^(?:alpaca(?:_\w+)?|completion|pretrain|sharegpt(?:_\w+)?|input_output|oasst|gpteacher|reflection|explainchoice|concisechoice|summarizetldr|context_qa|metharme|pygmalion|orcamini|creative_acr|jeopardy|llama2_chat)(?:[.:]\w+)*$/;
