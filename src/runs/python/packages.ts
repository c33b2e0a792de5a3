import { locate } from '../../model/location.js';
import type { Gap } from '../../model/run.js';
import type { TreeView } from '../tree/tree-view.js';
import type { PythonModule } from './module.js';

/**
 * Packages whose behaviour the rules account for, or that have no part in training. A call into any other package may
 * seed, track or evaluate out of sight.
 */
const KNOWN_PACKAGES = new Set(
  (
    'transformers trl peft unsloth unsloth_zoo accelerate datasets huggingface_hub tokenizers safetensors evaluate torch ' +
    'torchvision torchaudio bitsandbytes deepspeed flash_attn xformers triton vllm sentencepiece tiktoken numpy pandas ' +
    'scipy sklearn matplotlib seaborn tqdm yaml omegaconf hydra fire click typer rich loguru dotenv wandb mlflow ' +
    'tensorboard tensorboardX trackio comet_ml clearml neptune swanlab dvclive aim optimum auto_gptq awq liger_kernel ' +
    'einops packaging requests jinja2 jsonlines pydantic psutil nltk rouge_score sacrebleu jieba latex2sympy2_extended ' +
    'math_verify PIL boto3 gradio streamlit openai anthropic sentence_transformers pyarrow fsspec filelock git ' +
    'presidio_analyzer presidio_anonymizer opacus dp_transformers setuptools pkg_resources attr attrs absl ray six ' +
    'termcolor colorama regex ipywidgets IPython lm_eval lighteval torch_npu gptqmodel'
  ).split(' '),
);

/** The standard library's modules that training scripts use. */
const STANDARD = new Set(
  (
    '__future__ abc argparse array ast asyncio atexit base64 binascii bisect builtins bz2 calendar cmath code codecs ' +
    'collections colorsys concurrent configparser contextlib contextvars copy copyreg cProfile csv ctypes curses ' +
    'dataclasses datetime dbm decimal difflib distutils doctest email encodings enum errno faulthandler fcntl filecmp ' +
    'fileinput fnmatch fractions functools gc getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html ' +
    'http imp importlib inspect io ipaddress itertools json keyword linecache locale logging lzma marshal math ' +
    'mimetypes mmap multiprocessing numbers operator optparse os pathlib pdb pickle pickletools pkgutil platform ' +
    'posixpath pprint profile pstats pty pwd py_compile pydoc queue random re readline reprlib resource runpy sched ' +
    'secrets select selectors shelve shlex shutil signal site smtplib socket socketserver sqlite3 ssl stat statistics ' +
    'string struct subprocess symtable sys sysconfig syslog tarfile telnetlib tempfile termios textwrap threading ' +
    'time timeit tkinter tokenize tomllib trace traceback tracemalloc tty types typing typing_extensions unicodedata ' +
    'unittest urllib uuid warnings weakref webbrowser xml xmlrpc zipfile zlib zoneinfo'
  ).split(' '),
);

/** Imports of the module that lead neither into the tree nor to a package we know. */
export function packageGaps(module: PythonModule, tree: TreeView): Gap[] {
  return module.imports.flatMap((it): Gap[] => {
    const at = locate(module.path, it.place);
    const path = tree.moduleFile(module.path, it.module);
    if (path !== null) return tree.isUnread(path) ? [{ kind: 'unread-file', what: path, at }] : [];
    if (it.module.startsWith('.')) return [{ kind: 'missing-file', what: it.module, at }];
    const name = it.module.split('.')[0] ?? '';
    return KNOWN_PACKAGES.has(name) || STANDARD.has(name) ? [] : [{ kind: 'unknown-package', what: name, at }];
  });
}
