/** Activation functions made of other operations. */

import {
  add,
  erf,
  exponential,
  logarithm,
  maximum,
  minimum,
  multiply,
  negate,
  sigmoid,
  subtract,
} from './elementwise.ts';
import type { Tensor } from './graph.ts';

/** Gaussian error linear unit, x times the standard normal distribution function of x; exact, by `erf`. */
export function gelu(tensor: Tensor): Tensor {
  return multiply(multiply(tensor, 0.5), add(erf(multiply(tensor, Math.SQRT1_2)), 1));
}

/** x * sigmoid(x), also called swish. */
export function silu(tensor: Tensor): Tensor {
  return multiply(tensor, sigmoid(tensor));
}

/** log(1 + exp(x)), computed without overflow. */
export function softplus(tensor: Tensor): Tensor {
  const magnitude = subtract(maximum(tensor, 0), minimum(tensor, 0));
  return add(maximum(tensor, 0), logarithm(add(exponential(negate(magnitude)), 1)));
}
