import type { Detector, Rule } from '../model/rule.js';
import type { Severity } from '../model/verdict.js';
import type { Playbook } from '../playbook/load-playbook.js';
import { METRICS } from '../playbook/metrics.js';
import type { SarifLevel, SarifRule } from './sarif-log.js';

/** Every rule with its playbook entry, in the order of the catalog: a result names its place in it. */
export function sarifRules(detectors: readonly Detector[], playbook: Playbook): readonly SarifRule[] {
  return detectors.flatMap((detector) => detector.rules.map(({ rule }) => sarifRule(rule, detector, playbook)));
}

export function sarifLevel(severity: Severity): SarifLevel {
  return severity === 'notice' ? 'note' : severity;
}

function sarifRule(rule: Rule, { id, metric, composite }: Detector, playbook: Playbook): SarifRule {
  const help = helpOf(rule, metric, playbook);
  const why = playbook.entry(rule.id)?.why ?? rule.title;
  return {
    id: rule.id,
    name: pascalCase(rule.id),
    shortDescription: { text: rule.title },
    fullDescription: { text: unwrapped(why) },
    // The pages are written to be read as they are, so their source serves where no Markdown is shown.
    help: { text: help, markdown: help },
    defaultConfiguration: { level: sarifLevel(rule.severity) },
    properties: { metric, composite, tags: ['fine-tuning', id] },
  };
}

function helpOf(rule: Rule, metric: Detector['metric'], playbook: Playbook): string {
  const title = METRICS.find(({ key }) => key === metric)?.title ?? metric;
  const entry = playbook.entry(rule.id);
  const parts =
    entry === null
      ? []
      : [
          `## Why\n\n${entry.why}`,
          `## Edit\n\n${entry.edit}`,
          `## Verify\n\n${entry.verify}`,
          `## Leave it when\n\n${entry.leaveItWhen}`,
        ];
  return [`> Minimal fix (${title}): ${playbook.minimalFix(metric)}`, ...parts].join('\n\n');
}

/** SARIF wants a name that is an identifier: `ArtifactTrustSurfaceRemoteCode`. */
function pascalCase(id: string): string {
  return id.replaceAll(/(?:^|[-/])([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}

function unwrapped(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}
