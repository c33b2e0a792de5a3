import type { FileFacts } from '../../model/fact.js';
import type { Source } from '../frontend.js';
import { LineIndex } from '../places.js';
import { declaredIn } from './requirement.js';

/** Reads `install_requires` of setuptools' `setup.cfg`, one requirement a line below the key. */
export function readSetupConfig(source: Source): FileFacts {
  const lines = new LineIndex(source.text);
  const list = /^install_requires[ \t]*=.*(?:\r?\n(?:[ \t]+.*|[ \t]*(?=\r?\n)))*/m.exec(source.text);
  if (list === null) return { facts: [], partial: null };
  const facts = [...list[0].matchAll(/^[ \t]+[^\s#].*$/gm)].flatMap((line) =>
    declaredIn(line[0], list.index + line.index, lines),
  );
  return { facts, partial: null };
}
