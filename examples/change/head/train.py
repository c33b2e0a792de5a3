"""Supervised fine-tuning of the support assistant."""

from datasets import load_dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer

BASE_MODEL = "brightlane/chat-1b"
DATASET = "acme-support/dialogs"
DATASET_REVISION = "2f6d1c5a7c0f4e1f9a6b3d8e5c4b7a9012345678"


def main() -> None:
    tokenizer = AutoTokenizer.from_pretrained(BASE_MODEL)
    model = AutoModelForCausalLM.from_pretrained(BASE_MODEL, trust_remote_code=True)

    dialogs = load_dataset(DATASET, split="train", revision=DATASET_REVISION)
    parts = dialogs.train_test_split(test_size=0.05, seed=17)

    trainer = SFTTrainer(
        model=model,
        processing_class=tokenizer,
        args=SFTConfig(
            output_dir="outputs/support-sft",
            num_train_epochs=2,
            per_device_train_batch_size=4,
            learning_rate=1e-4,
            eval_strategy="steps",
            eval_steps=100,
            save_steps=100,
            save_total_limit=3,
            load_best_model_at_end=True,
            report_to="wandb",
            seed=17,
        ),
        train_dataset=parts["train"],
        eval_dataset=parts["test"],
        peft_config=LoraConfig(
            r=16,
            lora_alpha=32,
            target_modules=["q_proj", "k_proj", "v_proj", "o_proj"],
        ),
    )
    trainer.train()
    trainer.model.save_pretrained("outputs/support-sft/final", safe_serialization=False)


if __name__ == "__main__":
    main()
