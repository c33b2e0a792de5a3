import { namesEvaluation } from '../../model/evaluation-tools.js';
import {
  type CallExpression,
  callsIn,
  descendants,
  type Expression,
  findArgument,
  lastName,
  type MapExpression,
  positionalArgument,
} from '../../model/expression.js';
import { type FileFacts, MODULE_SCOPE, type ScopeId } from '../../model/fact.js';
import type { GeneratedRow, Teacher } from '../../model/generated-data.js';
import type { RepoPath } from '../../model/identifiers.js';
import { type Location, locate, type Place } from '../../model/location.js';
import { type DataSource, originNamed } from '../../model/run-data.js';
import { AnswerFlow } from './answer-flow.js';
import { PythonModule, type ScopedCall } from './module.js';

/** What a script makes of the answers of models, and where it puts it. */
export interface GeneratingScript {
  /** Files and repositories that it writes, as written. */
  readonly outputs: readonly string[];
  readonly teachers: readonly Teacher[];
  readonly row: GeneratedRow | null;
  readonly prompts: readonly DataSource[];
}

/** Clients of hosted models, and an engine that runs weights. */
const TEACHING =
  /^(?:openai|anthropic|litellm|together|groq|mistralai|cohere|dashscope|zhipuai|google\.(?:generativeai|genai)|vllm)(?:\.|$)/;
/** A script that asks a model more often than this is no script for data, or was made by one. */
const MOST = 20;

/** Null for a file that asks no model, writes nothing by a known name, or is there to evaluate. */
export function generatingScript(path: RepoPath, file: FileFacts): GeneratingScript | null {
  const asks = file.facts.some((fact) => fact.kind === 'import' && TEACHING.test(importedName(fact)));
  if (!asks || namesEvaluation(path)) return null;
  const script = new ScriptReader(path, file);
  const teachers = script.teachers();
  const outputs = teachers.length === 0 ? [] : script.outputs();
  if (outputs.length === 0) return null;
  return { outputs, teachers, row: script.row(), prompts: script.prompts() };
}

function importedName({ module, name }: { module: string; name: string | null }): string {
  return name === null ? module : `${module}.${name}`;
}

const HOSTED =
  /(?:^|\.)(?:chat\.completions\.create|completions\.create|responses\.create|ChatCompletion\.a?create|messages\.create|models\.generate_content(?:_stream)?|litellm\.a?completion|GenerativeModel)$/;
/** Columns that hold an answer. */
const ANSWERS =
  /^(?:completions?|responses?|outputs?|answers?|chosen|rejected|messages|conversations?|generated(?:_text)?|generations?|solution|reasoning|assistant|instruction)$/;
/** Columns and fields that say where an answer comes from. */
const PROVENANCE =
  /^(?:model(?:_name|_id)?|teacher\w*|generator\w*|generated_by|generation_model|source_model|annotator|llm|engine|provenance|deployment)$/;
const WRITES = /^(?:to_json|to_csv|to_parquet|save_to_disk|push_to_hub)$/;

class ScriptReader {
  readonly #module: PythonModule;
  readonly #facts: FileFacts;
  readonly #flow: AnswerFlow;

  constructor(path: RepoPath, file: FileFacts) {
    this.#module = new PythonModule(path, file);
    this.#facts = file;
    this.#flow = new AnswerFlow(this.#module, file, (call) => HOSTED.test(call.callee) || this.#isEngine(call));
  }

  teachers(): Teacher[] {
    return this.#module.calls
      .filter(({ call }) => HOSTED.test(call.callee) || this.#isEngine(call))
      .slice(0, MOST)
      .map((scoped) => this.#teacher(scoped));
  }

  /** Only what an answer gets into: a script may also write what it has read. */
  outputs(): string[] {
    const written = this.#module.expressions.flatMap(({ value, scope }): string[] => {
      const holds = this.#flow.reaches(value, scope);
      return [...callsIn(value)].flatMap((call) => {
        const target = targetOf(call);
        if (target === null || !(holds || this.#isFilled(call))) return [];
        return this.#text(target, scope) ?? [];
      });
    });
    return [...new Set(written)].filter((name) => name !== '').slice(0, MOST);
  }

  /** `with open(path, "w") as out`, where an answer is written to `out`. */
  #isFilled(opening: CallExpression): boolean {
    return this.#facts.facts.some(
      (fact) => fact.kind === 'assignment' && isAt(fact.value, opening) && this.#flow.holds(fact.target, fact.scope),
    );
  }

  /** The first row that an answer is put into, or whatever says which model answered. */
  row(): GeneratedRow | null {
    const asking = this.#module.calls.filter(({ call }) => HOSTED.test(call.callee)).map(({ call }) => call.place);
    const maps = this.#module.expressions.flatMap(({ value, scope }) => {
      const isAnswered = this.#flow.reaches(value, scope);
      return [...descendants(value)].flatMap((it) => (it.kind === 'map' ? [{ map: it, isAnswered }] : []));
    });
    const own = maps.filter(({ map }) => !asking.some((call) => isInside(map.place, call)));
    const rows = own.filter(({ map, isAnswered }) => isAnswered && isRow(map));
    // A record beside the rows says it as well.
    const telling = [...rows, ...own].find(({ map }) => map.entries.some(({ key }) => PROVENANCE.test(key ?? '')));
    const [first] = rows;
    if (telling !== undefined) return { at: this.#locate(telling.map.place), namesTeacher: true };
    return first === undefined ? null : { at: this.#locate(first.map.place), namesTeacher: false };
  }

  prompts(): DataSource[] {
    return this.#module
      .callsNamed('load_dataset')
      .slice(0, MOST)
      .flatMap(({ call, scope }): DataSource[] => {
        const text = (name: string, position: number): string | null => {
          const argument = findArgument(call, name) ?? positionalArgument(call, position);
          return argument === undefined ? null : this.#text(argument.value, scope);
        };
        const name = text('path', 0);
        const split = findArgument(call, 'split');
        if (name === null) return [];
        const configuration = text('name', 1);
        return [
          {
            name,
            configuration,
            origin: originNamed(name, configuration),
            split: split === undefined ? null : this.#text(split.value, scope),
            taken: [],
            at: this.#locate((split ?? call).place),
          },
        ];
      });
  }

  #isEngine(call: CallExpression): boolean {
    if (lastName(call.callee) !== 'LLM') return false;
    return this.#module.imports.some((it) => it.module === 'vllm' || it.module.startsWith('vllm.'));
  }

  #isAzure(): boolean {
    return this.#module.imports.some(({ name }) => /^(?:Async)?AzureOpenAI$/.test(name ?? ''));
  }

  #teacher({ call, scope }: ScopedCall): Teacher {
    const model = findArgument(call, 'model') ?? findArgument(call, 'model_name') ?? positionalArgument(call, 0);
    const revision = findArgument(call, 'revision');
    const pinned = revision === undefined ? null : this.#text(revision.value, scope);
    return {
      kind: this.#isEngine(call) ? 'weights' : 'hosted',
      at: this.#locate(call.place),
      label: call.callee,
      // A deployment of Azure bears any name, and stays what it was made of.
      name: model === undefined || this.#isAzure() ? null : this.#text(model.value, scope),
      origin: 'unknown',
      revision:
        revision === undefined
          ? null
          : pinned === null
            ? 'computed'
            : { value: pinned, at: this.#locate(revision.value.place) },
    };
  }

  /** A constant, a name that is set once, the default of a parameter or of an option of argparse. */
  #text(expression: Expression, scope: ScopeId, depth = 0): string | null {
    if (expression.kind === 'scalar') return typeof expression.value === 'string' ? expression.value : null;
    if (expression.kind === 'call' && lastName(expression.callee) === 'Path') {
      const [first] = expression.arguments;
      return first === undefined || expression.arguments.length > 1 ? null : this.#text(first.value, scope, depth + 1);
    }
    if (expression.kind !== 'reference' || depth > 4) return null;
    const { name } = expression;
    if (name.includes('.')) return this.#option(lastName(name));
    for (const it of this.#module.lookupScopes(scope)) {
      const owner = this.#module.ownerOf(it);
      const parameter = owner?.kind === 'function' ? owner.parameters.find((one) => one.name === name) : undefined;
      if (parameter !== undefined) {
        return parameter.default === null ? null : this.#text(parameter.default, MODULE_SCOPE, depth + 1);
      }
      const assigned = this.#module.assignmentsTo(name).filter((one) => one.scope === it);
      const [only] = assigned;
      if (only === undefined) continue;
      return assigned.length > 1 || only.value === null ? null : this.#text(only.value, it, depth + 1);
    }
    return null;
  }

  #option(name: string): string | null {
    const option = this.#module
      .callsNamed('add_argument')
      .find(({ call }) => call.arguments.some(({ value }) => isFlag(value, name)));
    const standard = option === undefined ? undefined : findArgument(option.call, 'default')?.value;
    return standard?.kind === 'scalar' && typeof standard.value === 'string' ? standard.value : null;
  }

  #locate(place: CallExpression['place']): Location {
    return locate(this.#module.path, place);
  }
}

function isAt(value: Expression | null, call: CallExpression): boolean {
  return value !== null && value.place.start === call.place.start && value.place.end === call.place.end;
}

function isInside(place: Place, { start, end }: Place): boolean {
  return start <= place.start && place.end <= end;
}

function isFlag(value: Expression, name: string): boolean {
  return value.kind === 'scalar' && value.value === `--${name}`;
}

/** A message is no row, though it may stand in one. */
function isRow({ entries }: MapExpression): boolean {
  const keys = entries.flatMap(({ key }) => key ?? []);
  return keys.length > 1 && !keys.includes('role') && keys.some((key) => ANSWERS.test(key));
}

/** What a call writes to; null for one that writes nothing. */
function targetOf(call: CallExpression): Expression | null {
  const name = lastName(call.callee);
  const [first] = call.arguments;
  if (name === 'open') {
    const mode = (positionalArgument(call, 1) ?? findArgument(call, 'mode'))?.value;
    const writes = mode?.kind === 'scalar' && /^[wax]/.test(String(mode.value));
    return writes ? (first?.value ?? null) : null;
  }
  if (WRITES.test(name)) return first?.name === null && first.spread === '' ? first.value : null;
  if (name !== 'write_text') return null;
  const { receiver, callee, place } = call;
  if (receiver !== null) return receiver;
  return { kind: 'reference', name: callee.split('.').slice(0, -1).join('.'), place };
}
