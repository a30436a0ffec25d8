/** What every candidate shares, so that their scores compare. Locked. */

/** Bytes a model sees at once; no byte is predicted from more than CONTEXT bytes before it. */
export const CONTEXT = 64;

/** Distinct bytes: one token is one byte. */
export const VOCABULARY = 256;

/** Windows in one run of the exported graph: it takes int32 `tokens` of [EVALUATION_BATCH, CONTEXT]. */
export const EVALUATION_BATCH = 32;

/** The exported graph and its one input and one output; logits are float32 of [EVALUATION_BATCH, CONTEXT, VOCABULARY]. */
export const MODEL_FILE = 'model.onnx';
export const TOKENS = 'tokens';
export const LOGITS = 'logits';
