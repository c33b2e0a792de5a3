import cacache from 'cacache';

/** Half the time of the digest that the cache takes by itself, where the processor helps. */
const OPTIONS: cacache.put.Options = { algorithms: ['sha256'] };

/**
 * Keeps bytes in a folder. Never fails: a full disk or a folder that may not be written costs the next review some time,
 * and nothing else.
 */
export async function put(folder: string, key: string, { buffer, byteOffset, byteLength }: Uint8Array): Promise<void> {
  await cacache.put(folder, key, Buffer.from(buffer, byteOffset, byteLength), OPTIONS).catch(() => {});
}
