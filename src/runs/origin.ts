import type { ModelLoad } from '../model/run.js';
import type { TreeView } from './tree/tree-view.js';

/** Ids from the hub's first years, which have no owner before a slash. A bare word that is not one may be a folder. */
const OWNERLESS_IDS =
  /^(?:gpt2(?:-(?:medium|large|xl))?|distilgpt2|openai-gpt|(?:distil)?bert-base-.+|bert-large-.+|(?:distil)?roberta-(?:base|large)|xlm-roberta-(?:base|large)|t5-(?:small|base|large|3b|11b)|albert-.+-v[12]|bart-(?:base|large))$/;

const LOCAL_START = /^(?:\.{0,2}\/|\.{1,2}$|~|\$|[A-Za-z]:[\\/]|file:)|\\/;
const LOCAL_SUFFIX = /\.(?:nemo|gguf|ggml|pth|pt|bin|ckpt|safetensors|json|onnx)$/i;
/** First parts that name a place for files and are nobody's account on the hub. */
const FOLDER_NAMES =
  /^(?:\.?\/?)?(?:out|outputs?|results?|runs?|logs?|checkpoints?|ckpts?|models?|weights|saves?|saved[_-]?models?|data|datasets?|tmp|temp|exp|exps|experiments?|adapters?|trained[_-]?models?|finetuned?[_-]?models?|merged[_-]?models?|lora[_-]?(?:models?|weights|adapters?)|model_hub|pretrained(?:[_-]?models?)?|work(?:space|_dir)?|assets|cache|\.cache|path|root|home|mnt|local|content|drive|workdir|\w+[_-](?:paths?|dirs?|folders?|root))$/i;
const CHECKPOINT = /(?:^|\/)(?:checkpoint|global_step|epoch|step)[-_]?\d+/i;
/** Words an author leaves for the reader to replace. */
const PLACEHOLDER =
  /[<>{}*?]|\b(?:your|path[_-]?to|username|user_?name|org_name|model_name|my-org|xxx+)\b|^(?:org|user|owner|namespace)\//i;
const HUB_ID = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/;

/** What a run writes and a tree holds, which tells a local folder from a hub id of the same shape. */
export interface LocalNames {
  readonly tree: TreeView;
  /** The folder of the file that names it, without a slash at the end; empty for the root. */
  readonly folder: string;
  /** Literal output folders of the run. */
  readonly written: ReadonlySet<string>;
}

/**
 * Where a name leads. Exactly one slash between plain words is a hub id, unless the repository holds or writes a
 * folder of that name; a bare word may be either.
 */
export function originOf(name: string, local: LocalNames): ModelLoad['origin'] {
  if (name === '' || LOCAL_START.test(name) || LOCAL_SUFFIX.test(name) || CHECKPOINT.test(name)) return 'local';
  if (local.written.has(name.replace(/\/+$/, ''))) return 'local';
  if (holdsFolder(local, name)) return 'local';
  if (PLACEHOLDER.test(name)) return 'unknown';
  if (!name.includes('/')) return OWNERLESS_IDS.test(name) ? 'hub' : 'unknown';
  if (!HUB_ID.test(name)) return name.split('/').length > 2 ? 'local' : 'unknown';
  return FOLDER_NAMES.test(name.slice(0, name.indexOf('/'))) ? 'local' : 'hub';
}

function holdsFolder({ tree, folder }: LocalNames, name: string): boolean {
  const plain = name.replace(/\/+$/, '');
  return tree.hasFolder(plain) || (folder !== '' && tree.hasFolder(`${folder}/${plain}`)) || tree.hasFile(plain);
}
