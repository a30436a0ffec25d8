import type { Category } from '../../model/category.ts';

/** Functions and classes that people put in each other's place. */
export interface KinGroup {
  readonly category: Category;
  /** The objects that hold every member, as `F` holds `F.relu`; absent where nothing is known to hold them all. */
  readonly holders?: RegExp;
  /**
   * What each member takes, in order. One stands in for another only where it takes the same arguments; absent where
   * nobody can tell.
   */
  readonly members: Readonly<Record<string, readonly string[] | undefined>>;
}

/** `relu: 'input inplace'` becomes `relu: ['input', 'inplace']`. */
function taking(members: Readonly<Record<string, string>>): KinGroup['members'] {
  return Object.fromEntries(Object.entries(members).map(([name, taken]) => [name, taken.split(' ')]));
}

/** Members of which only the names are known. */
function named(names: string): KinGroup['members'] {
  return Object.fromEntries(names.split(' ').map((name) => [name, undefined]));
}

const ADAM = 'params lr betas eps weight_decay amsgrad foreach maximize capturable differentiable fused';
const PER_CHANNEL = 'num_features eps momentum affine track_running_stats device dtype';

/**
 * Where two groups hold the same pair, the first decides. Signatures as of PyTorch 2.7, JAX 0.6, optax 0.2, Keras 3,
 * transformers 4.
 */
export const KIN: readonly KinGroup[] = [
  {
    category: 'activation',
    holders: /^(F|(torch\.)?nn\.functional)$/,
    members: taking({
      relu: 'input inplace',
      gelu: 'input',
      silu: 'input inplace',
      tanh: 'input',
      sigmoid: 'input',
      elu: 'input',
      selu: 'input inplace',
      mish: 'input inplace',
      softplus: 'input',
      leaky_relu: 'input',
      hardswish: 'input inplace',
    }),
  },
  {
    category: 'activation',
    holders: /^torch$/,
    members: taking({ relu: 'input', tanh: 'input', sigmoid: 'input', selu: 'input' }),
  },
  {
    // Flax and MLX hold functions in `nn`, where PyTorch holds classes.
    category: 'activation',
    holders: /^((jax|tf|mlx)\.)?nn$/,
    members: taking({ relu: 'x', gelu: 'x', silu: 'x', tanh: 'x', sigmoid: 'x', elu: 'x' }),
  },
  {
    category: 'activation',
    holders: /^(torch\.)?nn$/,
    members: taking({
      ReLU: 'inplace',
      GELU: 'approximate',
      SiLU: 'inplace',
      Tanh: '',
      Sigmoid: '',
      ELU: 'alpha inplace',
      SELU: 'inplace',
      Mish: 'inplace',
      Softplus: 'beta threshold',
      LeakyReLU: 'negative_slope inplace',
      Hardswish: 'inplace',
    }),
  },
  {
    category: 'normalisation',
    holders: /^(torch\.)?nn$/,
    members: taking({
      LayerNorm: 'normalized_shape eps elementwise_affine',
      RMSNorm: 'normalized_shape eps elementwise_affine',
    }),
  },
  {
    category: 'normalisation',
    holders: /^(torch\.)?nn$/,
    members: taking({ BatchNorm1d: PER_CHANNEL, InstanceNorm1d: PER_CHANNEL }),
  },
  {
    category: 'normalisation',
    holders: /^(torch\.)?nn$/,
    members: taking({ BatchNorm2d: PER_CHANNEL, InstanceNorm2d: PER_CHANNEL }),
  },
  {
    category: 'normalisation',
    holders: /^(F|(torch\.)?nn\.functional)$/,
    members: taking({
      layer_norm: 'input normalized_shape weight',
      rms_norm: 'input normalized_shape weight',
    }),
  },
  {
    category: 'optimiser',
    holders: /^(torch\.)?optim$/,
    members: taking({
      Adam: ADAM,
      AdamW: ADAM,
      NAdam: 'params lr betas eps weight_decay momentum_decay foreach maximize capturable differentiable',
      RAdam: 'params lr betas eps weight_decay foreach maximize capturable differentiable',
      Adamax: 'params lr betas eps weight_decay foreach maximize differentiable capturable',
      SGD: 'params lr momentum dampening weight_decay nesterov maximize foreach differentiable fused',
      RMSprop:
        'params lr alpha eps weight_decay momentum centered capturable foreach maximize differentiable',
      Adagrad:
        'params lr lr_decay weight_decay initial_accumulator_value eps foreach maximize differentiable fused',
    }),
  },
  {
    category: 'optimiser',
    holders: /^optax$/,
    members: taking({
      adam: 'learning_rate b1 b2 eps',
      adamw: 'learning_rate b1 b2 eps eps_root mu_dtype weight_decay mask',
      nadam: 'learning_rate b1 b2 eps',
      radam: 'learning_rate b1 b2 eps',
      sgd: 'learning_rate momentum nesterov',
      rmsprop: 'learning_rate decay eps initial_scale momentum nesterov',
      lion: 'learning_rate b1 b2 mu_dtype weight_decay mask',
    }),
  },
  {
    category: 'optimiser',
    holders: /^((tf\.)?keras\.)?optimizers$/,
    members: taking({
      Adam: 'learning_rate beta_1 beta_2 epsilon weight_decay',
      AdamW: 'learning_rate weight_decay beta_1 beta_2 epsilon',
      Nadam: 'learning_rate beta_1 beta_2 epsilon weight_decay',
      Adamax: 'learning_rate beta_1 beta_2 epsilon weight_decay',
      SGD: 'learning_rate momentum nesterov weight_decay',
      RMSprop: 'learning_rate rho momentum epsilon centered weight_decay',
    }),
  },
  {
    category: 'schedule',
    holders: /^((torch\.)?optim\.)?lr_scheduler$/,
    members: taking({
      CosineAnnealingLR: 'optimizer steps eta_min last_epoch',
      CosineAnnealingWarmRestarts: 'optimizer steps T_mult eta_min last_epoch',
      PolynomialLR: 'optimizer steps power last_epoch',
      StepLR: 'optimizer steps gamma last_epoch',
    }),
  },
  {
    category: 'schedule',
    holders: /^transformers(\.optimization)?$/,
    members: taking({
      get_cosine_schedule_with_warmup: 'optimizer num_warmup_steps num_training_steps',
      get_linear_schedule_with_warmup: 'optimizer num_warmup_steps num_training_steps',
      get_cosine_with_hard_restarts_schedule_with_warmup: 'optimizer num_warmup_steps num_training_steps',
      get_polynomial_decay_schedule_with_warmup: 'optimizer num_warmup_steps num_training_steps',
    }),
  },
  {
    category: 'initialisation',
    holders: /^((torch\.)?nn\.)?init$/,
    members: taking({
      normal_: 'tensor mean std',
      trunc_normal_: 'tensor mean std a b',
      xavier_normal_: 'tensor gain',
      xavier_uniform_: 'tensor gain',
      orthogonal_: 'tensor gain',
      kaiming_normal_: 'tensor a mode nonlinearity',
      kaiming_uniform_: 'tensor a mode nonlinearity',
    }),
  },
  {
    category: 'activation',
    members: named(
      'relu gelu silu swish tanh sigmoid elu selu mish softplus leakyRelu leaky_relu relu2 reluSquared squaredRelu',
    ),
  },
  { category: 'normalisation', members: named('layerNorm rmsNorm layer_norm rms_norm layernorm rmsnorm') },
  { category: 'normalisation', members: named('LayerNorm RMSNorm') },
  { category: 'optimiser', members: named('adam adamw adamW sgd lion muon rmsprop') },
  { category: 'optimiser', members: named('Adam AdamW SGD Lion Muon RMSProp RMSprop') },
  {
    category: 'schedule',
    members: named('cosineSchedule linearSchedule constantSchedule cosine_schedule linear_schedule'),
  },
  {
    category: 'schedule',
    members: named('cosineDecay linearDecay exponentialDecay cosine_decay linear_decay'),
  },
  {
    category: 'initialisation',
    members: named(
      'glorotNormal glorotUniform xavierNormal xavierUniform heNormal heUniform kaimingNormal kaimingUniform',
    ),
  },
];
