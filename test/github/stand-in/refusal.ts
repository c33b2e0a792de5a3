import type { Answer } from './answer.js';

const DOCUMENTATION = 'https://docs.github.com/rest';

/** What a handler throws to answer with a failure. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly answer: Answer;

  constructor(status: number, message: string, more: object = {}) {
    super(message);
    this.status = status;
    this.answer = { status, body: { message, ...more, documentation_url: DOCUMENTATION, status: String(status) } };
  }
}

/** As GitHub words what reviews do not take: a list of sentences. */
export function unprocessable(errors: readonly string[]): Refusal {
  return new Refusal(422, 'Unprocessable Entity', { errors });
}

/** As GitHub words what checks do not take: in the message. */
export function invalidRequest(faults: readonly string[]): Refusal {
  return new Refusal(422, `Invalid request.\n\n${faults.join('\n')}`);
}

export function notFound(): Refusal {
  return new Refusal(404, 'Not Found');
}

/** The permission was not granted. */
export function notAccessible(): Refusal {
  return new Refusal(403, 'Resource not accessible by integration');
}
