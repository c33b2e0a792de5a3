/**
 * Every name that classes of TRL took in some release. Read from the signatures of `__init__` and the fields of the
 * dataclasses at each tag from v0.7.4 to v1.9.0: huggingface/trl, `trl/trainer/` and `trl/experimental/`.
 */

/** What each trainer takes, in all releases together. Those that hand unknown names on to another class are not here. */
export const TRAINER_NAMES: Readonly<Record<string, ReadonlySet<string>>> = {
  SFTTrainer: words(`
    args callbacks chars_per_token compute_loss_func compute_metrics data_collator dataset_batch_size
    dataset_kwargs dataset_num_proc dataset_text_field eval_dataset eval_packing formatting_func infinite
    max_seq_length model model_init model_init_kwargs neftune_noise_alpha num_of_sequences
    optimizer_cls_and_kwargs optimizers packing peft_config preprocess_logits_for_metrics processing_class
    quantization_config tokenizer train_dataset
  `),
  DPOTrainer: words(`
    args beta callbacks compute_metrics data_collator dataset_num_proc disable_dropout eval_dataset
    force_use_ref_model generate_during_eval is_encoder_decoder label_pad_token_id label_smoothing loss_type
    max_length max_prompt_length max_target_length model model_adapter_name model_init model_init_kwargs
    optimizer_cls_and_kwargs optimizers padding_value peft_config precompute_ref_log_probs
    preprocess_logits_for_metrics processing_class quantization_config ref_adapter_name ref_model
    ref_model_init_kwargs reference_free tokenizer train_dataset truncation_mode
  `),
  KTOTrainer: words(`
    args callbacks compute_metrics data_collator embedding_func embedding_tokenizer eval_dataset model
    model_adapter_name model_init optimizers peft_config preprocess_logits_for_metrics processing_class
    quantization_config ref_adapter_name ref_model tokenizer train_dataset
  `),
  ORPOTrainer: words(`
    args callbacks compute_metrics data_collator eval_dataset model model_init optimizers peft_config
    preprocess_logits_for_metrics processing_class tokenizer train_dataset
  `),
  CPOTrainer: words(`
    args callbacks compute_metrics data_collator eval_dataset model model_init optimizers peft_config
    preprocess_logits_for_metrics processing_class tokenizer train_dataset
  `),
  BCOTrainer: words(`
    args callbacks compute_metrics data_collator embedding_func embedding_tokenizer eval_dataset model
    model_adapter_name model_init optimizers peft_config preprocess_logits_for_metrics processing_class
    ref_adapter_name ref_model tokenizer train_dataset
  `),
  RewardTrainer: words(`
    args callbacks compute_metrics data_collator eval_dataset max_length model model_init optimizer_cls_and_kwargs
    optimizers peft_config preprocess_logits_for_metrics processing_class quantization_config tokenizer
    train_dataset
  `),
  GRPOTrainer: words(`
    args callbacks environment_factory eval_dataset model optimizers peft_config processing_class
    quantization_config reward_funcs reward_processing_classes rollout_func tools train_dataset
  `),
  RLOOTrainer: words(`
    args callbacks config data_collator eval_dataset model optimizers peft_config policy processing_class
    quantization_config ref_policy reward_funcs reward_model reward_processing_classes tokenizer train_dataset
  `),
  PPOTrainer: words(`
    args callbacks config data_collator dataset eval_dataset lr_scheduler model num_shared_layers optimizer
    optimizers peft_config policy processing_class ref_model ref_policy reward_model tokenizer train_dataset
    training_data_collator value_model
  `),
  OnlineDPOTrainer: words(`
    args callbacks compute_metrics data_collator eval_dataset judge model model_init optimizers peft_config
    preprocess_logits_for_metrics processing_class ref_model reward_funcs reward_model reward_processing_class
    reward_processing_classes tokenizer train_dataset
  `),
  NashMDTrainer: words(`
    args callbacks compute_metrics data_collator eval_dataset judge model optimizers peft_config
    preprocess_logits_for_metrics processing_class ref_model reward_funcs reward_model tokenizer train_dataset
  `),
  XPOTrainer: words(`
    args callbacks compute_metrics data_collator eval_dataset judge model optimizers peft_config
    preprocess_logits_for_metrics processing_class ref_model reward_funcs reward_model reward_processing_classes
    tokenizer train_dataset
  `),
};

/** Those of `OnlineDPOConfig`, which the configurations of Nash-MD and XPO derive from. */
const ONLINE_DPO = words(`
  beta cache_implementation dataset_num_proc disable_dropout ds3_gather_for_generation generation_kwargs
  gpu_memory_utilization judge loss_type max_length max_new_tokens min_p missing_eos_penalty model_init_kwargs
  repetition_penalty reward_model_path reward_weights temperature top_k top_p trust_remote_code
  use_transformers_paged use_vllm vllm_enable_sleep_mode vllm_gpu_memory_utilization vllm_group_port
  vllm_guided_decoding_regex vllm_mode vllm_model_impl vllm_server_base_url vllm_server_host vllm_server_port
  vllm_server_timeout vllm_structured_outputs_regex vllm_tensor_parallel_size
`);

/** The fields of each configuration, without those of `TrainingArguments`. */
export const CONFIG_NAMES: Readonly<Record<string, ReadonlySet<string>>> = {
  SFTConfig: words(`
    activation_offloading assistant_only_loss chars_per_token chat_template_path completion_only_loss
    dataset_batch_size dataset_kwargs dataset_num_proc dataset_text_field eos_token eval_packing loss_type
    max_length max_seq_length model_init_kwargs num_of_sequences packing packing_strategy pad_to_multiple_of
    pad_token padding_free router_aux_loss_coef shuffle_dataset truncation_mode trust_remote_code use_liger
  `),
  DPOConfig: words(`
    activation_offloading base_model_attribute_name beta dataset_num_proc disable_dropout discopop_tau
    f_alpha_divergence_coef f_divergence_type force_use_ref_model generate_during_eval is_encoder_decoder
    label_pad_token_id label_smoothing ld_alpha loss_type loss_weights max_completion_length max_length
    max_prompt_length max_target_length model_adapter_name model_init_kwargs pad_to_multiple_of pad_token
    padding_free padding_value precompute_ref_batch_size precompute_ref_log_probs ref_adapter_name
    ref_model_init_kwargs ref_model_mixup_alpha ref_model_sync_steps reference_free router_aux_loss_coef rpo_alpha
    sync_ref_model tools truncation_mode trust_remote_code use_liger_loss use_logits_to_keep
    use_num_logits_to_keep use_weighting
  `),
  KTOConfig: words(`
    activation_offloading base_model_attribute_name beta dataset_num_proc desirable_weight disable_dropout
    generate_during_eval is_encoder_decoder label_pad_token_id loss_type max_completion_length max_density_ratio
    max_length max_prompt_length min_density_ratio model_init_kwargs pad_to_multiple_of padding_value
    precompute_ref_batch_size precompute_ref_log_probs prompt_sample_size ref_model_init_kwargs
    ref_model_mixup_alpha ref_model_sync_steps router_aux_loss_coef sync_ref_model truncation_mode
    trust_remote_code undesirable_weight use_liger_loss
  `),
  ORPOConfig: words(`
    beta dataset_num_proc disable_dropout generate_during_eval is_encoder_decoder label_pad_token_id
    max_completion_length max_length max_prompt_length model_init_kwargs padding_value truncation_mode
    trust_remote_code
  `),
  CPOConfig: words(`
    alpha beta cpo_alpha dataset_num_proc disable_dropout generate_during_eval is_encoder_decoder
    label_pad_token_id label_smoothing loss_type max_completion_length max_length max_prompt_length
    max_target_length model_init_kwargs padding_value simpo_gamma truncation_mode trust_remote_code
  `),
  BCOConfig: words(`
    beta dataset_num_proc disable_dropout generate_during_eval is_encoder_decoder label_pad_token_id
    max_completion_length max_density_ratio max_length max_prompt_length min_density_ratio model_init_kwargs
    padding_value precompute_ref_log_probs prompt_sample_size ref_model_init_kwargs truncation_mode
    trust_remote_code
  `),
  RewardConfig: words(`
    activation_offloading center_rewards_coefficient chat_template_path dataset_num_proc disable_dropout eos_token
    max_length model_init_kwargs pad_to_multiple_of pad_token trust_remote_code
  `),
  GRPOConfig: words(`
    beta cache_implementation cast_lm_head_to_fp32 chat_template_kwargs delta disable_dropout
    ds3_gather_for_generation entropy_coef entropy_coef_delta entropy_coef_max entropy_coef_min entropy_target
    epsilon epsilon_high generation_batch_size generation_kwargs importance_sampling_level log_completions
    log_completions_hub_repo log_multimodal log_unique_prompts loss_type mask_truncated_completions
    max_completion_length max_prompt_length max_tool_calling_iterations min_p model_init_kwargs
    multi_objective_aggregation num_completions_to_print num_generations num_generations_eval num_iterations
    off_policy_mask_threshold pad_to_multiple_of ref_model_mixup_alpha ref_model_sync_steps repetition_penalty
    reward_weights router_aux_loss_coef sapo_temperature_neg sapo_temperature_pos scale_rewards shuffle_dataset
    steps_per_generation sync_ref_model temperature top_entropy_quantile top_k top_p
    transformers_continuous_batching_config trust_remote_code use_adaptive_entropy use_bias_correction_kl
    use_liger_loss use_transformers_continuous_batching use_transformers_paged use_vllm vespo_k_neg vespo_k_pos
    vespo_lambda_neg vespo_lambda_pos vllm_device vllm_dtype vllm_enable_prefix_caching vllm_enable_sleep_mode
    vllm_gpu_memory_utilization vllm_group_port vllm_guided_decoding_regex vllm_importance_sampling_cap
    vllm_importance_sampling_clip_max vllm_importance_sampling_clip_min vllm_importance_sampling_correction
    vllm_importance_sampling_mode vllm_max_model_len vllm_max_model_length vllm_mode vllm_model_impl
    vllm_server_base_url vllm_server_host vllm_server_port vllm_server_timeout vllm_structured_outputs_regex
    vllm_tensor_parallel_size wandb_log_unique_prompts
  `),
  RLOOConfig: words(`
    base_model batch_size beta cache_implementation chat_template_kwargs cliprange cliprange_value
    dataset_num_proc disable_dropout ds3_gather_for_generation epsilon epsilon_high exp_name gamma
    generation_batch_size generation_kwargs kl_coef lam local_batch_size local_mini_batch_size
    local_rollout_forward_batch_size log_completions log_multimodal log_unique_prompts mask_truncated_completions
    max_completion_length max_prompt_length micro_batch_size min_p mini_batch_size missing_eos_penalty
    model_init_kwargs non_eos_penalty normalize_advantage normalize_advantages normalize_reward
    num_completions_to_print num_generations num_generations_eval num_iterations num_mini_batches num_ppo_epochs
    num_sample_generations num_total_batches num_updates pad_to_multiple_of penalty_reward_value
    ref_model_mixup_alpha ref_model_sync_steps repetition_penalty response_length reward_clip_range
    reward_model_path reward_weights rloo_k router_aux_loss_coef sanity_check sft_model_path shuffle_dataset
    steps_per_generation stop_token stop_token_id sync_ref_model temperature token_level_kl top_k top_p
    total_episodes transformers_continuous_batching_config trust_remote_code use_transformers_continuous_batching
    use_transformers_paged use_vllm vf_coef vllm_enable_sleep_mode vllm_gpu_memory_utilization vllm_group_port
    vllm_guided_decoding_regex vllm_max_model_length vllm_mode vllm_model_impl vllm_server_base_url
    vllm_server_host vllm_server_port vllm_server_timeout vllm_structured_outputs_regex vllm_tensor_parallel_size
    wandb_log_unique_prompts whiten_rewards world_size
  `),
  PPOConfig: words(`
    accelerator_kwargs adap_kl_ctrl backward_batch_size batch_size cliprange cliprange_value compare_steps
    dataset_num_proc ds3_gather_for_generation early_stopping exp_name forward_batch_size gamma
    global_backward_batch_size global_batch_size horizon init_kl_coef is_encoder_decoder is_peft_model kl_coef
    kl_estimator kl_penalty lam local_batch_size local_mini_batch_size local_rollout_forward_batch_size log_with
    micro_batch_size mini_batch_size missing_eos_penalty model_adapter_name model_name num_mini_batches
    num_ppo_epochs num_sample_generations num_total_batches optimize_cuda_cache optimize_device_cache ppo_epochs
    project_kwargs push_to_hub_if_best_kwargs query_dataset ratio_threshold ref_adapter_name response_length
    reward_model reward_model_path score_clip sft_model_path steps stop_token stop_token_id target target_kl
    task_name temperature total_episodes tracker_kwargs tracker_project_name use_score_norm use_score_scaling
    vf_coef whiten_rewards world_size
  `),
  OnlineDPOConfig: ONLINE_DPO,
  NashMDConfig: new Set([...ONLINE_DPO, 'mixture_coef']),
  XPOConfig: new Set([...ONLINE_DPO, 'alpha']),
};

/** Fields that configurations take over, in all releases: huggingface/transformers, `src/transformers/training_args.py`. */
export const TRAINING_ARGUMENTS: ReadonlySet<string> = words(`
    accelerator_config adafactor adam_beta1 adam_beta2 adam_epsilon auto_find_batch_size
    average_tokens_across_devices batch_eval_metrics bf16 bf16_full_eval data_seed dataloader_drop_last
    dataloader_num_workers dataloader_persistent_workers dataloader_pin_memory dataloader_prefetch_factor
    ddp_backend ddp_broadcast_buffers ddp_bucket_cap_mb ddp_find_unused_parameters ddp_timeout debug deepspeed
    disable_tqdm dispatch_batches do_eval do_predict do_train enable_jit_checkpoint eval_accumulation_steps
    eval_delay eval_do_concat_batches eval_on_start eval_steps eval_strategy eval_use_gather_object
    evaluation_strategy fp16 fp16_backend fp16_full_eval fp16_opt_level fsdp fsdp_config fsdp_min_num_params
    fsdp_transformer_layer_cls_to_wrap full_determinism gradient_accumulation_steps gradient_checkpointing
    gradient_checkpointing_kwargs greater_is_better group_by_length half_precision_backend hub_always_push
    hub_model_id hub_private_repo hub_revision hub_strategy hub_token ignore_data_skip include_for_metrics
    include_inputs_for_metrics include_num_input_tokens_seen include_tokens_per_second jit_mode_eval label_names
    label_smoothing_factor learning_rate length_column_name liger_kernel_config load_best_model_at_end local_rank
    log_level log_level_replica log_on_each_node logging_dir logging_first_step logging_nan_inf_filter
    logging_steps logging_strategy lr_scheduler_kwargs lr_scheduler_type max_grad_norm max_steps
    metric_for_best_model mp_parameters neftune_noise_alpha no_cuda num_train_epochs optim optim_args
    optim_target_modules output_dir overwrite_output_dir parallelism_config past_index per_device_eval_batch_size
    per_device_train_batch_size per_gpu_eval_batch_size per_gpu_train_batch_size prediction_loss_only project
    push_to_hub push_to_hub_model_id push_to_hub_organization push_to_hub_token ray_scope remove_unused_columns
    report_to restore_callback_states_from_checkpoint resume_from_checkpoint run_name save_on_each_node
    save_only_model save_safetensors save_steps save_strategy save_total_limit seed sharded_ddp
    skip_memory_metrics split_batches tf32 torch_compile torch_compile_backend torch_compile_mode
    torch_empty_cache_steps torchdynamo tp_size tpu_metrics_debug tpu_num_cores trackio_bucket_id trackio_space_id
    train_sampling_strategy use_cache use_cpu use_ipex use_legacy_prediction_loop use_liger_kernel use_mps_device
    warmup_ratio warmup_steps weight_decay xpu_backend
`);

/** Whether any configuration has a field of this name. */
export function isField(name: string): boolean {
  return TRAINING_ARGUMENTS.has(name) || Object.values(CONFIG_NAMES).some((fields) => fields.has(name));
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter((it) => it !== ''));
}
