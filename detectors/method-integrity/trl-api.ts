/** What a class of TRL takes in some releases and not in others. Read from its signatures, release by release. */
export interface ApiChange {
  readonly owner: RegExp;
  readonly names: readonly string[];
  /** The first release that takes it; null where all from 0.7.4 on did. */
  readonly since: string | null;
  /** The first release that no longer takes it; null where 1.9 still does. */
  readonly until: string | null;
  /** What to write instead, for a message. */
  readonly instead: string;
}

/** Arguments that left the trainer for its configuration. */
const MOVED = (config: string): string => `Set it on \`${config}\``;

export const TRAINER_CHANGES: readonly ApiChange[] = [
  {
    owner: /^SFTTrainer$/,
    names: [
      'dataset_text_field',
      'packing',
      'eval_packing',
      'max_seq_length',
      'dataset_num_proc',
      'dataset_batch_size',
      'dataset_kwargs',
      'neftune_noise_alpha',
      'num_of_sequences',
      'chars_per_token',
      'model_init_kwargs',
    ],
    since: null,
    until: '0.13.0',
    instead: MOVED('SFTConfig'),
  },
  {
    owner: /^DPOTrainer$/,
    names: [
      'beta',
      'loss_type',
      'label_smoothing',
      'label_pad_token_id',
      'padding_value',
      'truncation_mode',
      'max_length',
      'max_prompt_length',
      'max_target_length',
      'is_encoder_decoder',
      'disable_dropout',
      'generate_during_eval',
      'model_init_kwargs',
      'ref_model_init_kwargs',
      'precompute_ref_log_probs',
      'dataset_num_proc',
      'model_adapter_name',
      'ref_adapter_name',
      'reference_free',
      'force_use_ref_model',
    ],
    since: null,
    until: '0.13.0',
    instead: MOVED('DPOConfig'),
  },
  { owner: /^RewardTrainer$/, names: ['max_length'], since: null, until: '0.14.0', instead: MOVED('RewardConfig') },
  {
    owner: /^(?:SFT|DPO|KTO|ORPO|CPO|BCO|Reward|GKD|OnlineDPO|NashMD|XPO)Trainer$/,
    names: ['tokenizer'],
    since: null,
    until: '0.16.0',
    instead: 'Name it `processing_class`',
  },
  {
    owner: /^(?:SFT|DPO|KTO|ORPO|CPO|BCO|Reward|GKD|OnlineDPO|NashMD|XPO)Trainer$/,
    names: ['processing_class'],
    since: '0.12.0',
    until: null,
    instead: 'Name it `tokenizer`',
  },
  {
    owner: /^PPOTrainer$/,
    names: ['dataset', 'num_shared_layers'],
    since: null,
    until: '0.12.0',
    instead:
      'The trainer was written anew in 0.12: it takes `args`, `processing_class` and `train_dataset`, and has no `.step()`',
  },
  {
    owner: /^PPOTrainer$/,
    names: ['config', 'tokenizer'],
    since: null,
    until: '0.16.0',
    instead: 'They are `args` and `processing_class`',
  },
  {
    owner: /^PPOTrainer$/,
    names: ['reward_model', 'value_model', 'train_dataset', 'processing_class'],
    since: '0.12.0',
    until: null,
    instead: 'Before 0.12 the trainer took `config`, `tokenizer` and `dataset`, and the script called `.step()`',
  },
  {
    owner: /^RLOOTrainer$/,
    names: ['config', 'policy', 'ref_policy', 'reward_model'],
    since: null,
    until: '0.25.0',
    instead: 'Hand in `model`, `args` and `reward_funcs`',
  },
  {
    owner: /^RLOOTrainer$/,
    names: ['model', 'reward_funcs', 'args', 'peft_config'],
    since: '0.22.0',
    until: null,
    instead: 'Before 0.22 the trainer took `config`, `policy`, `ref_policy` and `reward_model`',
  },
  {
    owner: /^(?:OnlineDPO|NashMD|XPO)Trainer$/,
    names: ['reward_model'],
    since: null,
    until: '0.25.0',
    instead: 'Hand it in as `reward_funcs`',
  },
  {
    owner: /^(?:OnlineDPO|NashMD|XPO)Trainer$/,
    names: ['judge'],
    since: null,
    until: '1.1.0',
    instead: 'Score the answers with `reward_funcs`',
  },
  { owner: /^GRPOTrainer$/, names: ['rollout_func'], since: '0.25.0', until: null, instead: 'Ask for that release' },
  { owner: /^GRPOTrainer$/, names: ['tools'], since: '0.26.0', until: null, instead: 'Ask for that release' },
  {
    owner: /^GRPOTrainer$/,
    names: ['environment_factory'],
    since: '0.29.0',
    until: null,
    instead: 'Ask for that release',
  },
];

export const CONFIG_CHANGES: readonly ApiChange[] = [
  { owner: /^SFTConfig$/, names: ['max_seq_length'], since: null, until: '0.20.0', instead: 'Name it `max_length`' },
  { owner: /^SFTConfig$/, names: ['max_length'], since: '0.16.0', until: null, instead: 'Name it `max_seq_length`' },
  {
    owner: /^SFTConfig$/,
    names: ['dataset_batch_size', 'num_of_sequences', 'chars_per_token'],
    since: null,
    until: '0.18.0',
    instead: 'Drop it: it no longer does anything',
  },
  {
    owner: /^SFTConfig$/,
    names: ['use_liger'],
    since: null,
    until: '0.18.0',
    instead: 'Name it `use_liger_kernel`',
  },
  {
    owner: /^SFTConfig$/,
    names: ['assistant_only_loss', 'chat_template_path'],
    since: '0.19.0',
    until: null,
    instead: 'Ask for that release',
  },
  {
    owner: /^SFTConfig$/,
    names: ['completion_only_loss'],
    since: '0.17.0',
    until: null,
    instead: 'Ask for that release',
  },
  {
    owner: /^DPOConfig$/,
    names: [
      'reference_free',
      'force_use_ref_model',
      'model_adapter_name',
      'ref_adapter_name',
      'ref_model_init_kwargs',
      'rpo_alpha',
      'max_prompt_length',
      'max_completion_length',
      'generate_during_eval',
      'label_pad_token_id',
      'base_model_attribute_name',
    ],
    since: null,
    until: '0.29.0',
    instead: 'Drop it',
  },
  { owner: /^DPOConfig$/, names: ['max_target_length'], since: null, until: '0.14.0', instead: 'Drop it' },
  { owner: /^DPOConfig$/, names: ['is_encoder_decoder'], since: null, until: '0.15.0', instead: 'Drop it' },
  { owner: /^DPOConfig$/, names: ['loss_weights'], since: '0.20.0', until: null, instead: 'Ask for that release' },
  {
    owner: /^DPOConfig$/,
    names: ['use_liger_loss'],
    since: '0.19.0',
    until: '0.28.0',
    instead: 'Name it `use_liger_kernel`',
  },
  {
    owner: /^KTOConfig$/,
    names: ['max_prompt_length', 'max_completion_length', 'truncation_mode', 'is_encoder_decoder'],
    since: null,
    until: '0.27.0',
    instead: 'Drop it; `max_length` bounds prompt and answer together',
  },
  {
    owner: /^(?:ORPO|CPO|BCO)Config$/,
    names: ['max_prompt_length'],
    since: null,
    until: '0.28.0',
    instead: 'Drop it; `max_length` bounds prompt and answer together',
  },
  {
    owner: /^CPOConfig$/,
    names: ['cpo_alpha', 'simpo_gamma'],
    since: '0.9.6',
    until: null,
    instead: 'Ask for that release',
  },
  {
    owner: /^GRPOConfig$/,
    names: ['max_prompt_length'],
    since: null,
    until: '0.28.0',
    instead: 'Drop it, and leave long prompts out of the data',
  },
  {
    owner: /^RLOOConfig$/,
    names: ['max_prompt_length'],
    since: null,
    until: '0.29.0',
    instead: 'Drop it, and leave long prompts out of the data',
  },
  {
    owner: /^RLOOConfig$/,
    names: ['rloo_k', 'kl_coef', 'cliprange', 'num_ppo_epochs', 'total_episodes', 'response_length', 'token_level_kl'],
    since: null,
    until: '0.25.0',
    instead: 'The configuration is that of GRPO: `num_generations`, `beta`, `max_completion_length`',
  },
];

/** Classes that can be imported from `trl` itself up to these releases, and from `trl.experimental` after them. */
export const ROOT_EXPORTS: Readonly<Record<string, { readonly until: string; readonly module: string }>> = {
  ORPOTrainer: { until: '0.29.0', module: 'trl.experimental.orpo' },
  CPOTrainer: { until: '0.29.0', module: 'trl.experimental.cpo' },
  PPOTrainer: { until: '0.29.0', module: 'trl.experimental.ppo' },
  GKDTrainer: { until: '0.29.0', module: 'trl.experimental.gkd' },
  BCOTrainer: { until: '0.29.0', module: 'trl.experimental.bco' },
  PRMTrainer: { until: '0.29.0', module: 'trl.experimental.prm' },
  OnlineDPOTrainer: { until: '0.29.0', module: 'trl.experimental.online_dpo' },
  NashMDTrainer: { until: '0.29.0', module: 'trl.experimental.nash_md' },
  XPOTrainer: { until: '0.29.0', module: 'trl.experimental.xpo' },
};
