import { type CallExpression, findArgument, lastName, positionalArgument } from '../../model/expression.js';
import type { RepoPath } from '../../model/identifiers.js';
import { documentTree } from '../compose/config-tree.js';
import { configValue } from '../compose/config-values.js';
import { folderOf } from '../folders.js';
import { pathBelow } from '../paths.js';
import type { TreeView } from '../tree/tree-view.js';
import { type KnownCall, receiverValue } from './known-calls.js';
import { type Context, unknownValue, type Value } from './values.js';

/** Libraries that read a whole configuration, by the full name of the function. `text`: what they are given is the text itself. */
const LOADERS: ReadonlyMap<string, 'file' | 'path'> = new Map([
  ['yaml.safe_load', 'file'],
  ['yaml.load', 'file'],
  ['yaml.full_load', 'file'],
  ['yaml.unsafe_load', 'file'],
  ['json.load', 'file'],
  ['json.loads', 'file'],
  ['omegaconf.OmegaConf.load', 'path'],
  ['box.Box.from_yaml', 'path'],
  ['box.Box.from_json', 'path'],
]);

/** `yaml.safe_load(open(path))`, `OmegaConf.load(path)`: the document of the file, where the tree holds it. */
export function readDocumentCall(it: KnownCall): Value | null {
  const { evaluator, call, context, at, chain } = it;
  const loader = loaderOf(it);
  if (loader === null) return null;
  const argument = positionalArgument(call, 0) ?? findArgument(call, 'filename') ?? findArgument(call, 'stream');
  if (argument === undefined) return null;
  const given = evaluator.evaluate(argument.value, context, chain);
  const path = loader === 'path' || argument.name === 'filename' ? given : pathOpened(it, given);
  const words = `${call.callee}(…)`;
  if (path?.kind !== 'scalar' || typeof path.value !== 'string') {
    const cause = path?.kind === 'unknown' ? path.cause : 'file';
    return unknownValue(words, at, chain, { cause, parts: path === null ? [given] : [path] });
  }
  const { tree } = evaluator.program;
  const file = fileNamed(tree, path, [context.module.path, ...evaluator.commands.entries]);
  const facts = file === null ? null : tree.facts(file);
  const document = file === null || facts === null ? null : documentTree(file, facts);
  if (document === null) return unknownValue(path.value, at, path.chain, { cause: 'file' });
  const interpolates = /OmegaConf/.test(call.callee);
  return configValue({ tree: document, interpolates }, path.chain);
}

function loaderOf({ evaluator, call, context }: KnownCall): 'file' | 'path' | null {
  // `YAML(typ="safe").load(file)` of ruamel.
  if (call.callee.startsWith('.')) {
    const isRuamel = call.receiver?.kind === 'call' && lastName(call.receiver.callee) === 'YAML';
    return isRuamel && call.callee === '.load' ? 'file' : null;
  }
  const symbol = evaluator.program.symbol(context.module, context.scope, call.callee);
  return symbol?.kind === 'external' ? (LOADERS.get(symbol.name) ?? null) : null;
}

/** The path behind an open file, or behind the text that was read from it. Null for anything else. */
function pathOpened(it: KnownCall, opened: Value): Value | null {
  if (opened.kind === 'unknown') return opened;
  if (opened.kind !== 'call') return null;
  const inner: KnownCall = { ...it, call: opened.call, context: opened.context };
  const name = lastName(opened.call.callee);
  if (name === 'open') return isBuiltIn(opened.call) ? firstArgument(inner) : receiverValue(inner);
  if (name === 'read_text' || name === 'read_bytes') return receiverValue(inner);
  const file = name === 'read' ? receiverValue(inner) : null;
  return file === null || file === opened ? null : pathOpened(it, file);
}

function isBuiltIn({ callee, receiver }: CallExpression): boolean {
  return receiver === null && /^(?:(?:io|codecs|gzip)\.)?open$/.test(callee);
}

function firstArgument({ evaluator, call, context, chain }: KnownCall): Value | null {
  const argument = positionalArgument(call, 0) ?? findArgument(call, 'file');
  return argument === undefined ? null : evaluator.evaluate(argument.value, context, chain);
}

/**
 * The file that a path leads to. A path that is made from `__file__` starts at that file's folder; any other at a
 * folder that is not known, somewhere between a file that names it and the root, so that one alone may fit.
 */
export function fileNamed(
  tree: TreeView,
  path: Extract<Value, { kind: 'scalar' }>,
  scripts: readonly RepoPath[],
): RepoPath | null {
  const name = String(path.value);
  if (path.from !== undefined) {
    const file = pathBelow(folderOf(path.from), name);
    return file !== null && tree.hasFile(file) ? file : null;
  }
  if (/^(?:\/|~|\$)/.test(name)) return null;
  const found = new Set<RepoPath>();
  for (const start of new Set([path.at.path, ...scripts])) {
    for (let folder = folderOf(start); ; folder = folderOf(folder)) {
      const file = pathBelow(folder, name);
      if (file !== null && tree.hasFile(file)) found.add(file);
      if (folder === '') break;
    }
  }
  const [only] = found;
  return found.size === 1 && only !== undefined ? only : null;
}

/** The file that a value names, where it is known. */
export function fileOfValue(
  tree: TreeView,
  value: Value | null,
  context: Context,
  scripts: readonly RepoPath[],
): RepoPath | null {
  if (value?.kind !== 'scalar' || typeof value.value !== 'string') return null;
  return fileNamed(tree, value, [context.module.path, ...scripts]);
}
