import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

/** One operation of GitHub's description that a request was matched to. */
export interface Operation {
  readonly id: string;
  /** What stands in the path for its parameters. */
  readonly parameters: Readonly<Record<string, string>>;
}

interface Described {
  readonly operationId: string;
  readonly parameters: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content } | { readonly $ref: string }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: object;
}

type Content = Readonly<Record<string, { readonly schema: object }>>;

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

const description = withNull(
  amended(JSON.parse(readFileSync(new URL('openapi.json', import.meta.url), 'utf8')) as Description),
) as Description;

/**
 * Where GitHub answers otherwise than it says. A comment whose lines are gone from the difference has neither line nor
 * position, wherever it is shown (https://github.com/vitali87/croft/pull/454), and what an App is installed on
 * is an account or an enterprise, not both at once.
 */
function amended(given: Description): Description {
  const comments = ['pull-request-review-comment', 'review-comment'].map((name) => given.components.schemas?.[name]);
  for (const { properties } of comments as Amendable[]) {
    for (const property of ['line', 'original_line', 'position', 'original_position'])
      properties[property] = { ...properties[property], nullable: true };
  }
  const { get: listed } = given.paths['/app/installations'] ?? {};
  const list = listed?.responses['200'] as { content: { 'application/json': { schema: { items: Amendable } } } };
  const { properties } = list.content['application/json'].schema.items;
  const { allOf, ...account } = properties.account ?? {};
  properties.account = { ...account, anyOf: allOf };
  return given;
}

interface Amendable {
  readonly properties: Record<string, Record<string, unknown>>;
}

/** OpenAPI 3.0 lets a `nullable` value be null beside any `enum` and any `allOf`; JSON Schema does not. */
function withNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNull);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNull(item)]));
  if (copy.nullable !== true) return copy;
  const { nullable: _, ...schema } = copy;
  return { anyOf: [{ type: 'null' }, schema] };
}

const ajv = new Ajv({ strict: false, allErrors: false, coerceTypes: false });
(addFormats as unknown as typeof addFormats.default)(ajv);
ajv.addSchema({ $id: 'github', components: description.components });
const compiled = new Map<object, ValidateFunction>();

const routes = Object.entries(description.paths)
  .flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      // A branch or a range of commits holds slashes.
      pattern: new RegExp(
        `^${template.replaceAll(/\{(ref|basehead|branch)\}/g, '(?<$1>.+)').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`,
      ),
      operation,
      // `/commits/{ref}/check-runs` before `/commits/{ref}`, whose name may hold slashes.
      depth: template.split('/').length,
    })),
  )
  .sort((a, b) => b.depth - a.depth);

/** The operation that a request is for; null for what is not among those that were cut out. */
export function operationOf(method: string, path: string): Operation | null {
  for (const route of routes) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    if (match === null) continue;
    const parameters = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
    return { id: route.operation.operationId, parameters: Object.fromEntries(parameters) };
  }
  return null;
}

/** Why GitHub's description does not allow a request; null where it does. */
export function requestFault({ id, parameters }: Operation, query: URLSearchParams, body: unknown): string | null {
  const operation = described(id);
  const known = operation.parameters.map((it) => resolve<Parameter>(it));
  for (const name of query.keys()) {
    if (!known.some((it) => it.in === 'query' && it.name === name)) return `"${name}" is no query parameter of ${id}`;
  }
  for (const { name, in: place, required, schema } of known) {
    const value = place === 'path' ? (parameters[name] ?? null) : query.get(name);
    if (value === null && required === true) return `${place} parameter "${name}" is missing`;
    const fault = value === null || faultOf(schema, value) === null ? null : faultOf(schema, fromText(value));
    if (fault !== null) return `${place} parameter "${name}" ${fault}`;
  }
  const schema = operation.requestBody?.content['application/json']?.schema;
  if (schema === undefined) return body === undefined ? null : `${id} takes no body`;
  if (body === undefined) return operation.requestBody?.required === true ? `${id} needs a body` : null;
  const extra = unknownKeys(schema, body);
  return extra ?? faultOf(schema, body);
}

/** Why GitHub's description does not allow an answer; null where it does. */
export function responseFault(id: string, status: number, body: unknown): string | null {
  const responses = described(id).responses;
  const response = responses[String(status)];
  // Failures that every operation may have are not listed with each of them.
  if (response === undefined) return status >= 400 ? null : `${id} does not answer with ${status}`;
  const schema = resolve<{ readonly content?: Content }>(response).content?.['application/json']?.schema;
  return schema === undefined || body === undefined ? null : faultOf(schema, body);
}

function described(id: string): Described {
  const found = routes.find(({ operation }) => operation.operationId === id)?.operation;
  if (found === undefined) throw new Error(`"${id}" is not in the description`);
  return found;
}

function resolve<T>(value: object): T {
  if (!('$ref' in value) || typeof value.$ref !== 'string') return value as T;
  const [kind = '', name = ''] = value.$ref.slice('#/components/'.length).split('/');
  return description.components[kind]?.[name] as T;
}

function faultOf(schema: object, value: unknown): string | null {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"github#/components/')));
    compiled.set(schema, validate);
  }
  if (validate(value)) return null;
  return wordsOf(validate.errors ?? []);
}

/** Those that lie deepest say most: those above them only tell that no case of several fits. */
function wordsOf(errors: readonly ErrorObject[]): string {
  const deepest = Math.max(...errors.map(depthOf));
  const words = errors.filter((it) => depthOf(it) === deepest).map((it) => `${it.instancePath} ${it.message}`.trim());
  return words.join(', or ');
}

function depthOf({ instancePath }: ErrorObject): number {
  return instancePath.split('/').length;
}

/** GitHub ignores keys it does not know, which hides misspelt ones. */
function unknownKeys(schema: object, value: unknown): string | null {
  const { properties, items, additionalProperties } = resolve<Nested>(schema);
  if (Array.isArray(value)) return items === undefined ? null : firstFault(value, (it) => unknownKeys(items, it));
  if (properties === undefined || typeof value !== 'object' || value === null) return null;
  return firstFault(Object.entries(value), ([key, it]) => {
    const property = properties[key];
    if (property !== undefined) return unknownKeys(property, it);
    return additionalProperties === undefined ? `"${key}" is not known` : null;
  });
}

interface Nested {
  readonly properties?: Readonly<Record<string, object>>;
  readonly items?: object;
  readonly additionalProperties?: unknown;
}

function firstFault<T>(items: readonly T[], faultIn: (item: T) => string | null): string | null {
  for (const item of items) {
    const fault = faultIn(item);
    if (fault !== null) return fault;
  }
  return null;
}

function fromText(value: string): unknown {
  if (/^\d+$/.test(value)) return Number(value);
  return value === 'true' || value === 'false' ? value === 'true' : value;
}
