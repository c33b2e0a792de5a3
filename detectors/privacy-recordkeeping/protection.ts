import type { Location } from '../../src/model/location.js';
import type { RunCall, TrainingRun } from '../../src/model/run.js';
import { chainOf, isTrue, type LiteralSetting, numberIn } from '../../src/model/setting.js';

/** Whether a run adds noise to what it learns from each example. */
export type Protection =
  | { readonly state: 'in-force'; readonly at: Location }
  /** Set up, and switched off by a value. */
  | {
      readonly state: 'disabled';
      readonly at: Location;
      readonly chain: readonly Location[];
      readonly key: string;
      readonly value: string;
    }
  /** An engine is made, and nothing is put under it. */
  | { readonly state: 'unused'; readonly at: Location }
  | { readonly state: 'none' }
  | { readonly state: 'unknown'; readonly reason: string };

/**
 * Reads Opacus, dp-transformers, fastDP and private-transformers. The `epsilon` and `delta` of GRPO and PPO are bounds of
 * a loss and say nothing of privacy.
 */
export function protectionOf(run: TrainingRun): Protection {
  const own = run.calls.filter(({ name }) => PACKAGES.test(name) || ATTACHES.test(name));
  const off = own.map(switchedOff).find((it) => it !== null);
  if (off !== undefined) return off;
  const attached = own.find(({ name }) => ATTACHES.test(name) || TRAINERS.test(name));
  if (attached !== undefined) return { state: 'in-force', at: attached.at };
  const engine = own.find(({ name }) => /(?:^|\.)PrivacyEngine$/.test(name));
  if (run.callsOpen !== null) return { state: 'unknown', reason: run.callsOpen };
  // Engines of fastDP and private-transformers are attached by a method, `engine.attach(optimizer)`.
  if (engine !== undefined && !engine.name.startsWith('opacus.')) return { state: 'in-force', at: engine.at };
  return engine === undefined ? { state: 'none' } : { state: 'unused', at: engine.at };
}

const PACKAGES = /^(?:opacus|dp_transformers|fastDP|private_transformers)(?:\.|$)/;
const ATTACHES = /(?:^|\.)make_private(?:_with_epsilon)?$/;
const TRAINERS = /(?:^|\.)OpacusDPTrainer$/;

function switchedOff({ name, arguments: given }: RunCall): Extract<Protection, { state: 'disabled' }> | null {
  const disabled = given.get('disable_dp');
  if (disabled !== undefined && isTrue(disabled)) return told(disabled, 'disable_dp', 'True');
  const noise = given.get('noise_multiplier');
  const isEngine = ATTACHES.test(name) || /(?:^|\.)(?:PrivacyArguments|PrivacyEngine)$/.test(name);
  if (isEngine && noise?.state === 'literal' && numberIn(noise) === 0) return told(noise, 'noise_multiplier', '0');
  return null;
}

function told(setting: LiteralSetting, key: string, value: string): Extract<Protection, { state: 'disabled' }> {
  return { state: 'disabled', at: setting.at, chain: chainOf(setting), key, value };
}

/** Where the budget that was spent is asked for. */
export function budgetAt({ calls }: TrainingRun): Location | null {
  return calls.find(({ name }) => /(?:^|\.)get_(?:prv_|rdp_)?epsilon$|(?:^|\.)DPCallback$/.test(name))?.at ?? null;
}
