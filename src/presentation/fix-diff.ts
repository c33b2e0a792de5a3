import { formatPatch, structuredPatch } from 'diff';
import type { ProvenFix } from '../model/fix.js';
import { type Line, span } from './lines.js';

/** A proven fix as a unified diff of the head text; null where the text is not at hand. */
export function fixDiff(fix: ProvenFix, text: string | undefined): string | null {
  if (text === undefined) return null;
  const names = [`a/${fix.path}`, `b/${fix.path}`] as const;
  const patch = structuredPatch(...names, text, applyFix(text, fix), undefined, undefined, { context: 2 });
  return formatPatch(patch, { includeIndex: false, includeUnderline: false, includeFileHeaders: true });
}

/** The diff as lines of a terminal, in the colours of a diff. */
export function diffLines(diff: string): readonly Line[] {
  const lines = diff.replace(/\n$/, '').split('\n');
  return lines.map((line) => {
    const shown = line.replace(/\r$/, '').replaceAll('\t', '  ');
    if (/^(?:---|\+\+\+) [ab]\//.test(line)) return [span('strong', shown)];
    if (line.startsWith('@@')) return [span('faint', shown)];
    if (line.startsWith('+')) return [span('added', shown)];
    return line.startsWith('-') ? [span('removed', shown)] : [shown];
  });
}

function applyFix(text: string, fix: ProvenFix): string {
  const lines = text.split('\n');
  // The last line end is not part of a replacement, so a file with CRLF keeps the CR of the line it ends with.
  const carriageReturn = lines[fix.endLine - 1]?.endsWith('\r') && !fix.replacement.endsWith('\r') ? '\r' : '';
  const added = fix.deletesLines ? [] : [fix.replacement + carriageReturn];
  return [...lines.slice(0, fix.startLine - 1), ...added, ...lines.slice(fix.endLine)].join('\n');
}
