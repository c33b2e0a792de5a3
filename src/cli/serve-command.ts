import { type AppManifest, loadAppManifest, takeRegisteredApp } from '../github/app-manifest.js';
import { startApp } from '../index.js';
import { createLog } from '../logging/log.js';
import { UserError } from '../model/user-error.js';
import { openFront, WEBHOOK_PATH } from '../web/front.js';
import { healthRoutes } from '../web/health-routes.js';
import { createSetup } from '../web/setup-routes.js';
import { type AppCredentials, type OperatorSettings, readOperatorSettings } from './operator-settings.js';
import { PACKAGE_ROOT, packageVersion } from './package-root.js';
import { addToSettingsFile, readSettingsFile, settingsFile } from './settings-file.js';
import { type Terminal, write } from './terminal.js';

/** Runs the App until the process is told to end. Without credentials it first serves the pages that get some. */
export async function serveCommand({ setup }: { readonly setup: boolean }, terminal: Terminal): Promise<number> {
  const manifest = await loadAppManifest(new URL('app.yml', PACKAGE_ROOT));
  let settings = await readSettings(terminal);
  if (settings.credentials === null) {
    if (settings.production && !setup) throw noCredentials();
    if (!(await setUp(settings, manifest, terminal))) return 0;
    settings = await readSettings(terminal);
  }
  if (settings.credentials === null) throw noCredentials();
  await run({ ...settings, credentials: settings.credentials }, manifest, terminal);
  return 0;
}

/** The environment, before the file of the data folder. */
async function readSettings({ env, cwd }: Terminal): Promise<OperatorSettings> {
  const { dataFolder } = readOperatorSettings({ ...env, ...NO_CREDENTIALS }, cwd);
  return readOperatorSettings({ ...(await readSettingsFile(settingsFile(dataFolder))), ...withoutEmpty(env) }, cwd);
}

// What only the file may complete.
const NO_CREDENTIALS = { APP_ID: '', PRIVATE_KEY: '', PRIVATE_KEY_PATH: '', WEBHOOK_SECRET: '' };

function withoutEmpty(env: Terminal['env']): Terminal['env'] {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

function noCredentials(): UserError {
  return new UserError({
    code: 'no-credentials',
    message: 'APP_ID, PRIVATE_KEY and WEBHOOK_SECRET are not set.',
    advice: 'Set those of your GitHub App, or run `tunelint serve --setup` once to register one.',
  });
}

/** Serves the setup until an App is registered. False where the process is told to end before. */
async function setUp(settings: OperatorSettings, manifest: AppManifest, terminal: Terminal): Promise<boolean> {
  const { dataFolder, github, publicUrl, host, logLevel } = settings;
  const registered = new Signal();
  const port = settings.port;
  const setup = createSetup({
    manifest,
    hostUrl: github.web,
    publicUrl,
    localUrl: publicUrl ?? `http://localhost:${port}`,
    webhookPath: WEBHOOK_PATH,
    finish: async (code, address) => {
      const app = await takeRegisteredApp(github.api, code);
      await addToSettingsFile(dataFolder, {
        APP_ID: String(app.appId),
        PRIVATE_KEY: app.privateKey,
        WEBHOOK_SECRET: app.webhookSecret,
        PUBLIC_URL: address,
      });
      registered.give();
      return app.page;
    },
  });
  const notReady = healthRoutes({ setup: () => Promise.reject(new Error('not set up')) });
  const log = createLog({ level: logLevel, stream: null, secrets: [] });
  const front = await openFront({ host, port, routes: [notReady, setup.route], webhooks: null, log });
  await write(terminal.stderr, instructions(setup.address, settingsFile(dataFolder)));
  const done = await Promise.race([registered.given.then(() => true), ended(terminal.signal).then(() => false)]);
  await front.close(1_000);
  if (done)
    await write(
      terminal.stderr,
      `tunelint: the App is registered; its credentials are in ${settingsFile(dataFolder)}\n`,
    );
  return done;
}

function instructions(address: string, file: string): string {
  return `tunelint: no App is set up yet. Open this address to register one on GitHub:

    ${address}

Its credentials will be written to ${file}, which only you can read.
Where you have an App already, set APP_ID, PRIVATE_KEY (or PRIVATE_KEY_PATH) and WEBHOOK_SECRET, and start again.
`;
}

async function run(
  settings: OperatorSettings & { readonly credentials: AppCredentials },
  manifest: AppManifest,
  terminal: Terminal,
): Promise<void> {
  const lost = new Signal<Error>();
  const app = await startApp({
    ...settings,
    version: packageVersion(),
    logStream: null,
    needs: { permissions: manifest.default_permissions, events: manifest.default_events },
    onLost: (error) => lost.give(error),
  });
  const address = settings.publicUrl ?? `http://${settings.host}:${app.port}`;
  await write(terminal.stderr, `tunelint: reviewing; webhooks go to ${address}${WEBHOOK_PATH}\n`);
  const error = await Promise.race([lost.given, ended(terminal.signal).then(() => null)]);
  if (error !== null) throw databaseLost(error);
  await app.stop();
}

function databaseLost(cause: Error): UserError {
  return new UserError({
    code: 'data-lost',
    message: 'Another process has taken the folder of the embedded database.',
    advice: 'Run one process for a folder, or set DATABASE_URL to a PostgreSQL server that several can share.',
    cause,
  });
}

/** Something that happens once. */
class Signal<T = void> {
  give: (value: T) => void = () => {};
  readonly given = new Promise<T>((resolve) => {
    this.give = resolve;
  });
}

function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
