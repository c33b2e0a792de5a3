#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../dist/src/cli/main.js', import.meta.url);

if (existsSync(program)) {
  const { main } = await import(program.href);
  await main(process);
} else {
  console.error('tunelint: the compiled program is missing. Run `npm ci` in the folder of Tunelint, which builds it.');
  process.exitCode = 2;
}
