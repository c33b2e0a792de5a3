import { deserialize, serialize } from 'node:v8';

// V8's own format rather than JSON: settings may be NaN or infinite, and listings are maps.

export function packed(value: object): Uint8Array {
  return serialize(value);
}

/** Null for what this version of Node cannot read: it is then as if it had not been kept. */
export function unpacked<T extends object>(bytes: Uint8Array): T | null {
  try {
    return deserialize(bytes);
  } catch {
    return null;
  }
}
