import { deserialize, serialize } from 'node:v8';
import type { LoneJudgement } from '../engine/judge.js';
import { type Answered, type Asked, question, type Traced } from '../runs/tree/questions.js';
import { isPassing } from '../runs/tree/tree-source.js';
import type { RecordFormat } from './kept-records.js';

/** The runs that one file is the entry of, each as far as it can be judged alone. */
export interface JudgedEntry {
  readonly judgements: readonly LoneJudgement[];
  /** What could not be followed, in words. */
  readonly failures: readonly string[];
}

/** What was found in trees that answered differently, the newest first, of one content of one file. */
export interface FileResults {
  readonly definer: readonly Traced<boolean>[];
  readonly entry: readonly KeptEntry[];
}

/** The runs of an entry, as they were found just now or as bytes: of those that are kept, a tree needs one at the most. */
export interface KeptEntry {
  readonly asked: Asked;
  /** Null for what is damaged. */
  readonly value: JudgedEntry | null;
  /** Null for what would not be found again. */
  readonly packed: Uint8Array | null;
}

/** An entry whose runs were found just now. */
export function foundEntry({ asked, value }: Traced<JudgedEntry>): KeptEntry {
  return {
    asked,
    value,
    // Not what rests on a file cut short, nor of a rule that failed: it fails again when it is asked again, and says why.
    get packed() {
      const isWhole = holdsLater(asked) && value.judgements.every((it) => it.failures.length === 0);
      return isWhole ? serialize(value) : null;
    },
  };
}

/**
 * Many runs ask the same of a tree, some of them a thousand questions: each is written once a part, and what asked them as
 * numbers.
 */
export const RESULTS_FORMAT: RecordFormat<FileResults> = { pack, unpack };

interface PackedPart {
  /** Questions and answers by turns. */
  readonly answered: readonly string[];
  readonly files: ReadonlyMap<string, PackedFile>;
}

interface PackedFile {
  readonly definer: readonly (readonly [value: boolean, asked: Uint32Array])[];
  readonly entry: readonly (readonly [value: Uint8Array, asked: Uint32Array])[];
}

function pack(records: ReadonlyMap<string, FileResults>): Uint8Array {
  const table = new AnsweredTable();
  const files = new Map<string, PackedFile>();
  for (const [key, { definer, entry }] of records) {
    files.set(key, {
      definer: definer
        .filter(({ asked }) => holdsLater(asked))
        .map(({ value, asked }) => [value, table.numbersOf(asked)] as const),
      entry: entry.flatMap((it) => {
        const { packed } = it;
        return packed === null ? [] : [[packed, table.numbersOf(it.asked)] as const];
      }),
    });
  }
  return serialize({ answered: table.texts, files } satisfies PackedPart);
}

function unpack(bytes: Uint8Array): ReadonlyMap<string, FileResults> {
  const { answered, files } = deserialize(bytes) as PackedPart;
  const table = Array.from({ length: answered.length / 2 }, (_, index): Answered => {
    return { question: answered[2 * index] ?? '', answer: answered[2 * index + 1] ?? '' };
  });
  const records = new Map<string, FileResults>();
  for (const [key, { definer, entry }] of files) {
    records.set(key, {
      definer: definer.map(([value, asked]) => ({ value, asked: askedIn(asked, table) })),
      entry: entry.map(([value, asked]) => new PackedEntry(value, asked, table)),
    });
  }
  return records;
}

class PackedEntry implements KeptEntry {
  readonly packed: Uint8Array;
  readonly #numbers: Uint32Array;
  readonly #table: readonly Answered[];
  #asked: Asked | null = null;
  #value: JudgedEntry | null = null;

  constructor(packed: Uint8Array, numbers: Uint32Array, table: readonly Answered[]) {
    this.packed = packed;
    this.#numbers = numbers;
    this.#table = table;
  }

  get asked(): Asked {
    this.#asked ??= askedIn(this.#numbers, this.#table);
    return this.#asked;
  }

  get value(): JudgedEntry | null {
    this.#value ??= unpacked(this.packed);
    return this.#value;
  }
}

function askedIn(numbers: Uint32Array, table: readonly Answered[]): Asked {
  return Array.from(numbers, (number) => table[number] ?? NEVER);
}

/** No tree answers it so. */
const NEVER: Answered = { question: question('file', ''), answer: '' };

class AnsweredTable {
  /** Questions and answers by turns. */
  readonly texts: string[] = [];
  readonly #numbers = new Map<Answered, number>();
  /** What was read of two parts, or asked of two trees, is not one object. */
  readonly #alike = new Map<string, number>();

  numbersOf(asked: Asked): Uint32Array {
    return Uint32Array.from(asked, (one) => this.#numberOf(one));
  }

  #numberOf(one: Answered): number {
    const known = this.#numbers.get(one);
    if (known !== undefined) return known;
    const text = `${one.question.length} ${one.question}${one.answer}`;
    let number = this.#alike.get(text);
    if (number === undefined) {
      number = this.#alike.size;
      this.#alike.set(text, number);
      this.texts.push(one.question, one.answer);
    }
    this.#numbers.set(one, number);
    return number;
  }
}

function holdsLater(asked: Asked): boolean {
  return !asked.some(({ answer }) => isPassing(answer));
}

function unpacked(bytes: Uint8Array): JudgedEntry | null {
  try {
    return deserialize(bytes);
  } catch {
    return null;
  }
}
