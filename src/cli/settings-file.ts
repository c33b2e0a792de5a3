import { appendFile, chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from './terminal.js';

/** Where the setup keeps what an operator would otherwise set in the environment. */
export function settingsFile(dataFolder: string): string {
  return join(dataFolder, '.env');
}

/** The variables of a file; none where there is no file. */
export async function readSettingsFile(file: string): Promise<Environment> {
  try {
    return parseEnv(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** Adds variables, which hold from the next reading on. Nobody but its owner may read the file. */
export async function addToSettingsFile(
  dataFolder: string,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const file = settingsFile(dataFolder);
  // Created without rights for others before there is anything in it to read.
  await appendFile(file, '', { mode: 0o600 });
  await chmod(file, 0o600);
  const lines = Object.entries(variables).map(([name, value]) => `${name}="${value.trim().replaceAll('\n', '\\n')}"\n`);
  await appendFile(file, lines.join(''));
}
