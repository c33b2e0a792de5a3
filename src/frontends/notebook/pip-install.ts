import type { Expression } from '../../model/expression.js';
import type { CommandFact, RequirementFact } from '../../model/fact.js';
import { parseRequirement, requirementFact } from '../requirements/requirement.js';

/**
 * The libraries that a `pip install` asks for. Files, addresses and options are passed over, and so are words that are
 * known only when the notebook runs.
 */
export function requirementsOf(command: CommandFact): RequirementFact[] {
  const words = command.words.map(textOf);
  const first = firstArgument(words);
  if (first === null) return [];
  return command.words.slice(first).flatMap((word, index) => {
    const before = words[first + index - 1] ?? '';
    const text = words[first + index] ?? null;
    if (text === null || text.startsWith('-') || OPTIONS_WITH_VALUE.test(before) || ARCHIVE.test(text)) return [];
    const requirement = parseRequirement(text);
    if (requirement === null) return [];
    const { library, specifier } = requirement;
    return [requirementFact({ library, specifier, origin: 'declared', place: word.place })];
  });
}

/** Where the arguments of `pip install`, `python -m pip install` or `uv pip install` start. */
function firstArgument(words: readonly (string | null)[]): number | null {
  const pip = words.findIndex((word) => word !== null && /(?:^|\/)pip(?:3(?:\.\d+)?)?$/.test(word));
  const before = words.slice(0, Math.max(pip, 0));
  if (pip === -1 || before.some((word) => word !== null && !LEADING_WORD.test(word))) return null;
  const install = words.findIndex((word, index) => index > pip && word !== null && !word.startsWith('-'));
  return words[install] === 'install' ? install + 1 : null;
}

/** What may stand in front of `pip`; a word that is not known may be Python's own name. */
const LEADING_WORD = /^(?:sudo|uv|yes|-\w|(?:\S*\/)?python[\d.]*)$/;

const ARCHIVE = /\.(?:whl|zip|tgz|tar\.\w+)$/;
/** https://pip.pypa.io/en/stable/cli/pip_install/#options */
const OPTIONS_WITH_VALUE =
  /^(?:-[rcietfbdC]|--(?:requirement|constraint|editable|target|platform|python-version|implementation|abi|root|prefix|src|upgrade-strategy|config-settings?|global-option|no-binary|only-binary|progress-bar|root-user-action|report|group|index-url|extra-index-url|find-links|index|default-index|index-strategy|torch-backend|python|log|proxy|retries|timeout|exists-action|trusted-host|cert|client-cert|cache-dir|use-feature|use-deprecated|keyring-provider|resume-retries))$/;

function textOf(word: Expression): string | null {
  return word.kind === 'scalar' ? String(word.value) : null;
}
