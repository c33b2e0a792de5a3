import { type Fingerprint, fingerprint } from '../../model/identifiers.js';

/** What a comment of ours is about, as its first line keeps it for the next review. */
export interface Marker {
  /** At least one, worst first. */
  readonly fingerprints: readonly Fingerprint[];
  /** The project of a repository with several; empty where there is one. */
  readonly project: string;
}

/** The first line of a comment, which nobody sees: `<!-- tunelint:v1 fp=… project= -->`. */
export function writeMarker({ fingerprints, project }: Marker): string {
  // What is percent-encoded cannot end the HTML comment.
  return `<!-- tunelint:v1 fp=${fingerprints.join(',')} project=${encodeURIComponent(project)} -->`;
}

/**
 * The marker of a comment; null where there is none. Anybody can write one, so it says whose a comment is only together
 * with who posted it.
 */
export function readMarker(body: string): Marker | null {
  const match = MARKER.exec(body);
  if (match === null) return null;
  const [, fingerprints = '', project = ''] = match;
  try {
    return { fingerprints: fingerprints.split(',').map(fingerprint), project: decodeURIComponent(project) };
  } catch {
    return null;
  }
}

/** GitHub may store CRLF where LF was sent. */
const MARKER = /^<!-- tunelint:v1 fp=([0-9a-f]{16}(?:,[0-9a-f]{16})*) project=([\w.!~*'()%-]*) -->(?:\r?\n|$)/;
