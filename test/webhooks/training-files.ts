/** A commit of a hub, so that a load is pinned. */
export const COMMIT: string = '4f1c2d'.repeat(6).concat('4f1c');

/** A script that trains on a pinned model. Each name is another model, whose unread code is an error on a line of its own. */
export function script(...trusted: readonly string[]): string {
  return scriptWith(
    ...trusted.map((name) => `${name} = AutoModel.from_pretrained("acme/${name}", trust_remote_code=True)`),
  );
}

/** The same with any lines before the model is loaded. */
export function scriptWith(...lines: readonly string[]): string {
  return `from transformers import AutoModel, AutoModelForCausalLM
from trl import SFTConfig, SFTTrainer

BASE = "acme/base-7b"
print("starting")
${lines.map((line) => `${line}\n`).join('')}model = AutoModelForCausalLM.from_pretrained(
    BASE,
    revision="${COMMIT}",
)
args = SFTConfig(output_dir="out", report_to="wandb", seed=7)
trainer = SFTTrainer(model=model, args=args)
trainer.train()
`;
}

/** The line of the first of them. */
export const FIRST_LINE = 6;
