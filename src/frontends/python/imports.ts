/** One name that an import statement brings in. */
export interface ImportedName {
  readonly module: string;
  readonly name: string | null;
  readonly alias: string;
}

/** Reads `import a.b as c, d` or `from .a import (b as c, d)`, comments and line breaks included. */
export function readImports(statement: string): ImportedName[] {
  const text = PLAIN.test(statement) ? statement : statement.replace(/#.*|[\\()]/g, ' ').replace(/\s+/g, ' ');
  const [, module, names] = FROM.exec(text) ?? [];
  if (module === undefined || names === undefined) return importedModules(text.replace(/^import /, ''));
  return items(names).map(({ name, alias }) => ({ module: compact(module), name, alias: alias ?? name }));
}

/** One line, single blanks: nearly all of them. */
const PLAIN = /^(?: ?[\w.,*])*$/;
const FROM = /^from\b(.*?)\bimport\b(.*)$/;
const NAME = /^[\p{L}\p{N}_.]+$|^\*$/u;
/** Asked first: letters of every script take many times as long. */
const ASCII_NAME = /^[\w.]+$/;

function importedModules(list: string): ImportedName[] {
  return items(list).map(({ name, alias }) => ({ module: name, name: null, alias: alias ?? name.replace(/\..*/, '') }));
}

function items(list: string): { name: string; alias: string | undefined }[] {
  const found: { name: string; alias: string | undefined }[] = [];
  for (const item of list.split(',')) {
    const text = item.trim();
    const as = text.indexOf(' as ');
    const name = compact(as === -1 ? text : text.slice(0, as));
    if (ASCII_NAME.test(name) || NAME.test(name))
      found.push({ name, alias: as === -1 ? undefined : text.slice(as + ' as '.length) });
  }
  return found;
}

function compact(name: string): string {
  return name.includes(' ') ? name.replaceAll(' ', '') : name;
}
