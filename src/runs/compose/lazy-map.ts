/** A map whose values are made when they are asked for: of a large configuration a script asks for a few. */
export class LazyMap<K, V> implements ReadonlyMap<K, V> {
  readonly #keys: readonly K[];
  readonly #make: (key: K) => V;
  readonly #made = new Map<K, V>();
  readonly #known: ReadonlySet<K>;

  constructor(keys: readonly K[], make: (key: K) => V) {
    this.#keys = keys;
    this.#known = new Set(keys);
    this.#make = make;
  }

  get size(): number {
    return this.#keys.length;
  }

  has(key: K): boolean {
    return this.#known.has(key);
  }

  get(key: K): V | undefined {
    if (!this.#known.has(key)) return undefined;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = this.#make(key);
    this.#made.set(key, made);
    return made;
  }

  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const key of this.#keys) visit(this.get(key) as V, key, this);
  }

  *entries(): MapIterator<[K, V]> {
    for (const key of this.#keys) yield [key, this.get(key) as V];
  }

  *keys(): MapIterator<K> {
    yield* this.#keys;
  }

  *values(): MapIterator<V> {
    for (const key of this.#keys) yield this.get(key) as V;
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }
}
