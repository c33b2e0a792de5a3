import { type Fingerprint, fingerprint } from '../../model/identifiers.js';

/** What a comment of ours is about, as its first line keeps it for the next review. */
export interface Marker {
  /** At least one, worst first. */
  readonly fingerprints: readonly Fingerprint[];
  /** The project of a repository with several; empty where there is one. */
  readonly project: string;
  /** What it told of is mended, and people have talked about it: it stays as it is. */
  readonly mended: boolean;
}

/** The first line of a comment, which nobody sees: `<!-- tunelint:v1 fp=… project= -->`. */
export function writeMarker({ fingerprints, project, mended }: Marker): string {
  // What is percent-encoded cannot end the HTML comment.
  const about = `fp=${fingerprints.join(',')} project=${encodeURIComponent(project)}`;
  return `<!-- tunelint:v1 ${about}${mended ? ' mended' : ''} -->`;
}

/**
 * The marker of a comment; null where there is none. Anybody can write one, so it says whose a comment is only together
 * with who posted it.
 */
export function readMarker(body: string): Marker | null {
  const match = MARKER.exec(body);
  if (match === null) return null;
  const [, fingerprints = '', project = '', mended] = match;
  try {
    return {
      fingerprints: fingerprints.split(',').map(fingerprint),
      project: decodeURIComponent(project),
      mended: mended !== undefined,
    };
  } catch {
    return null;
  }
}

/** A comment without its marker. */
export function withoutMarker(body: string): string {
  return body.replace(MARKER, '');
}

/** GitHub may store CRLF where LF was sent. */
const MARKER =
  /^<!-- tunelint:v1 fp=([0-9a-f]{16}(?:,[0-9a-f]{16})*) project=([\w.!~*'()%-]*)( mended)? -->(?:\r?\n|$)/;
