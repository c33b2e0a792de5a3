import type { Bounds } from '../../model/bounds.js';
import type { FileFacts } from '../../model/fact.js';
import type { FrontEnd, Source } from '../frontend.js';
import { loadGrammar } from '../grammar.js';
import { readCondaEnvironment } from './conda-environment.js';
import { readPipenvLock } from './pipenv-lock.js';
import { readPackageLock, readProject } from './project-file.js';
import { readRequirementLines } from './requirement-lines.js';
import { readSetupConfig } from './setup-config.js';
import { createTomlReader } from './toml-reader.js';

type Reader = (source: Source, bounds: Bounds) => FileFacts;

/**
 * Reads which versions of which libraries a repository asks for: requirement files, project files, lock files and
 * conda environments. `setup.py` is not among them: it is a program.
 */
export async function createRequirementsFrontEnd(): Promise<FrontEnd> {
  const readToml = createTomlReader(await loadGrammar('toml'));
  const readers: readonly (readonly [RegExp, Reader])[] = [
    [/(?:^|\/)[^/]*(?:requirements|constraints)[^/]*\.txt$/i, readRequirementLines],
    [/(?:^|\/)requirements\/[^/]+\.txt$/i, readRequirementLines],
    [/(?:^|\/)pyproject\.toml$/, (source, bounds) => readToml(source, bounds, readProject)],
    [/(?:^|\/)(?:uv|poetry)\.lock$/, (source, bounds) => readToml(source, bounds, readPackageLock)],
    [/(?:^|\/)Pipfile\.lock$/, readPipenvLock],
    [/(?:^|\/)(?:environment|conda)[^/]*\.ya?ml$/i, readCondaEnvironment],
    [/(?:^|\/)setup\.cfg$/, readSetupConfig],
  ];
  const readerOf = (path: string) => readers.find(([name]) => name.test(path))?.[1];
  return {
    id: 'requirements',
    version: 2,
    claims: (path) => readerOf(path) !== undefined,
    extract: (source, bounds) => readerOf(source.path)?.(source, bounds) ?? { facts: [], partial: null },
  };
}
