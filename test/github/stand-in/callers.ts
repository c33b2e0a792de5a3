import { createVerify } from 'node:crypto';
import { Refusal } from './refusal.js';
import type {
  HostedInstallation,
  HostedRepository,
  InstallationToken,
  Permissions,
  PersonalToken,
  World,
} from './world.js';

/** Who sent a request. */
export type Caller =
  | { readonly kind: 'app' }
  | {
      readonly kind: 'installation';
      readonly installation: HostedInstallation;
      readonly token: InstallationToken;
      /** What it may do now: what the token was made for, as far as it is granted still. */
      readonly permissions: Permissions;
    }
  | ({ readonly kind: 'person' } & PersonalToken)
  | { readonly kind: 'nobody' };

const NOT_DECODED = 'A JSON web token could not be decoded';
const LONGEST_KEY_SECONDS = 600;
const CLOCK_DRIFT_SECONDS = 60;

/** Knows a caller by what came as `authorization`. Refuses what is nobody's, and what has ended. */
export function callerOf(world: World, authorization: string | undefined): Caller {
  if (authorization === undefined) return { kind: 'nobody' };
  const [, credentials = ''] = /^(?:bearer|token)\s+(\S+)$/i.exec(authorization) ?? [];
  if (credentials.split('.').length === 3) return appOf(world, credentials);
  const person = world.personalTokens.get(credentials);
  if (person !== undefined) return { kind: 'person', ...person };
  const token = world.tokens.get(credentials);
  const installation = token === undefined ? undefined : world.installations.get(token.installation);
  if (token === undefined || installation === undefined || token.until <= Date.now())
    throw new Refusal(401, 'Bad credentials');
  if (installation.suspended) throw new Refusal(403, 'This installation has been suspended');
  const granted = world.permissionsOf(installation);
  return { kind: 'installation', installation, token, permissions: narrowed(granted, token.permissions) };
}

function narrowed(granted: Permissions, chosen: Permissions | null): Permissions {
  if (chosen === null) return granted;
  return Object.fromEntries(
    Object.entries(granted).flatMap(([name, level]) => {
      const wanted = chosen[name];
      return wanted === undefined ? [] : [[name, wanted === 'read' ? wanted : level]];
    }),
  );
}

/** https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
function appOf({ app }: World, jwt: string): Caller {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  if (decoded(header).alg !== 'RS256') throw new Refusal(401, NOT_DECODED);
  const verify = createVerify('RSA-SHA256').update(`${header}.${payload}`);
  if (!verify.verify(app.publicKey, signature, 'base64url')) throw new Refusal(401, NOT_DECODED);
  const { iss, iat, exp } = decoded(payload);
  if (String(iss) !== String(app.id)) throw new Refusal(401, NOT_DECODED);
  const now = Date.now() / 1000;
  if (typeof exp !== 'number' || exp <= now)
    throw new Refusal(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time");
  if (exp > now + LONGEST_KEY_SECONDS)
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  if (typeof iat !== 'number' || iat > now + CLOCK_DRIFT_SECONDS)
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  return { kind: 'app' };
}

function decoded(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    throw new Refusal(401, NOT_DECODED);
  }
}

/** Whether the App, by this token, was given the repository. */
export function covers({ installation, repositories }: InstallationToken, repository: HostedRepository): boolean {
  return repository.installation === installation && (repositories === null || repositories.includes(repository.id));
}

export function isVisible(repository: HostedRepository, caller: Caller): boolean {
  if (!repository.private) return true;
  if (caller.kind === 'installation') return covers(caller.token, repository);
  return caller.kind === 'person' && caller.repositories.includes(repository);
}
