import type { Registration } from './hosting.js';

/** What the App needs: permissions as in app.yml, and events. */
export interface Needs {
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  readonly events: readonly string[];
}

/** Something that the App needs and was not granted. */
export type RegistrationGap =
  | {
      readonly kind: 'permission';
      readonly name: string;
      readonly needed: 'read' | 'write';
      readonly granted: string | null;
    }
  | { readonly kind: 'event'; readonly name: string };

/** Compares what was granted with what is needed. Write includes read. */
export function registrationGaps(registration: Registration, needs: Needs): readonly RegistrationGap[] {
  const permissions = Object.entries(needs.permissions).flatMap(([name, needed]): RegistrationGap[] => {
    const granted = registration.permissions[name] ?? null;
    const enough = granted === 'write' || granted === 'admin' || granted === needed;
    return enough ? [] : [{ kind: 'permission', name, needed, granted }];
  });
  const events = needs.events
    .filter((name) => !registration.events.includes(name))
    .map((name): RegistrationGap => ({ kind: 'event', name }));
  return [...permissions, ...events];
}
