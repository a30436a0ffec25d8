/** Reverse-mode differentiation: operations are visited from the loss back to the parameters. */

import { add } from './elementwise.ts';
import { activeTrace, scalar, type Tensor } from './graph.ts';
import { reshape, zeros } from './shape.ts';
import { shapeError, sizeOf } from './shapes.ts';

/**
 * Gradients of `loss` (one number) with respect to each of `parameters`, in their order and with their shapes.
 * A parameter that the loss does not depend on has a gradient of zeros. Gradients can be differentiated again.
 */
export function gradient(loss: Tensor, parameters: readonly Tensor[]): Tensor[] {
  const { operations } = activeTrace('gradient', [loss, ...parameters]);
  if (sizeOf(loss.shape) !== 1) throw shapeError('gradient', [loss.shape], 'the loss must be one number');
  const dependent = new Set(parameters);
  const relevant = operations.filter((operation) => {
    const depends = operation.inputs.some((tensor) => dependent.has(tensor));
    if (depends) for (const output of operation.outputs) dependent.add(output);
    return depends;
  });
  const gradients = new Map<Tensor, Tensor>([[loss, reshape(scalar(1), loss.shape)]]);
  for (const { inputs, outputs, backward } of relevant.reverse()) {
    const arriving = outputs.map((output) => gradients.get(output));
    if (arriving.every((arrived) => arrived === undefined)) continue;
    for (const [index, tensor] of inputs.entries()) {
      const slope = backward[index];
      if (!slope || !dependent.has(tensor)) continue;
      const previous = gradients.get(tensor);
      const contribution = slope(...arriving);
      gradients.set(tensor, previous === undefined ? contribution : add(previous, contribution));
    }
  }
  return parameters.map((parameter) => gradients.get(parameter) ?? zeros(parameter.shape));
}
