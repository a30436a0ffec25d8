/** Activation functions. Their gradients are written by hand where that saves passes over memory. */

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
  square,
  subtract,
} from './elementwise.ts';
import { activeFloatTrace, type Tensor, withGradient } from './graph.ts';

const LOG_SQRT_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** Gaussian error linear unit, x times the standard normal distribution function of x; exact, by `erf`. */
export function gelu(tensor: Tensor): Tensor {
  activeFloatTrace('gelu', [tensor]);
  const inner = multiply(tensor, Math.SQRT1_2);
  const probability = add(multiply(erf(inner), 0.5), 0.5);
  const density = (): Tensor => exponential(subtract(-LOG_SQRT_TWO_PI, square(inner)));
  return withGradient(
    multiply(tensor, probability),
    [tensor],
    [(gradient) => multiply(gradient!, add(probability, multiply(tensor, density())))],
  );
}

/** x * sigmoid(x), also called swish. */
export function silu(tensor: Tensor): Tensor {
  activeFloatTrace('silu', [tensor]);
  const gate = sigmoid(tensor);
  const output = multiply(tensor, gate);
  return withGradient(
    output,
    [tensor],
    [(gradient) => multiply(gradient!, add(gate, multiply(output, subtract(1, gate))))],
  );
}

/** log(1 + exp(x)), computed without overflow. */
export function softplus(tensor: Tensor): Tensor {
  const magnitude = subtract(maximum(tensor, 0), minimum(tensor, 0));
  return add(maximum(tensor, 0), logarithm(add(exponential(negate(magnitude)), 1)));
}
