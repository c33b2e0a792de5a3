import { readFile } from 'node:fs/promises';
import { Octokit } from '@octokit/rest';
import { parse } from 'yaml';
import { z } from 'zod';
import { HostError } from '../app/hosting.js';

/** What an App asks GitHub for when it is registered: app.yml. */
export type AppManifest = z.infer<typeof appManifest>;

const appManifest = z.strictObject({
  name: z.string(),
  description: z.string(),
  url: z.url(),
  public: z.boolean(),
  default_permissions: z.record(z.string(), z.enum(['read', 'write'])),
  default_events: z.array(z.string()),
});

export async function loadAppManifest(file: URL): Promise<AppManifest> {
  return appManifest.parse(parse(await readFile(file, 'utf8')));
}

/** What GitHub gives for a manifest that a person has confirmed. */
export interface RegisteredApp {
  readonly appId: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** The App's page on GitHub. */
  readonly page: string;
}

/**
 * Takes the App that was registered from a manifest: it can be taken once, within an hour. Fails with a `HostError`.
 * https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
 */
export async function takeRegisteredApp(apiUrl: string, code: string): Promise<RegisteredApp> {
  try {
    const { data } = await new Octokit({ baseUrl: apiUrl, log: SILENT }).rest.apps.createFromManifest({ code });
    if (data.webhook_secret === null) throw new TypeError('GitHub gave no webhook secret');
    return { appId: data.id, privateKey: data.pem, webhookSecret: data.webhook_secret, page: data.html_url };
  } catch (cause) {
    throw new HostError({
      code: 'invalid',
      message: 'GitHub did not hand over the App that was registered.',
      advice: 'Start again from the address in the terminal: a registration can be taken once, within an hour.',
      cause,
    });
  }
}

// Octokit warns on the console otherwise, with the address that holds the code.
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
