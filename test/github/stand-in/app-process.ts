import { type AppProcess, type AppProcessOptions, startApp } from '../../support/app-process.js';
import { APP_ID, type Github } from './stand-in.js';

/** The App as a process of its own, to which the stand-in sends its webhooks. */
export interface AppBehindGithub extends AppProcess {
  readonly webhookUrl: string;
  readonly secret: string;
}

export interface AppOptions extends Pick<AppProcessOptions, 'command' | 'port'> {
  readonly github: Github;
  readonly dataDir: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const SECRET = 'a secret of the tests';

/** Starts the App, which knows of the stand-in by public environment variables alone, and waits until it takes webhooks. */
export async function startAppBehind({ github, dataDir, environment, ...given }: AppOptions): Promise<AppBehindGithub> {
  const app = await startApp({
    ...given,
    cwd: dataDir,
    ready: '/readyz',
    environment: {
      NODE_ENV: 'production',
      GHE_HOST: github.host,
      GHE_PROTOCOL: 'http',
      APP_ID: String(APP_ID),
      PRIVATE_KEY: github.privateKey,
      WEBHOOK_SECRET: SECRET,
      DATA_DIR: dataDir,
      ...environment,
    },
  });
  const webhookUrl = `${app.address}/api/github/webhooks`;
  github.deliverTo(webhookUrl, SECRET);
  return { ...app, webhookUrl, secret: SECRET };
}
