/** Bytes of one answer, at most: a server that never stops must not fill this machine's memory. */
const MOST_BYTES = 16 * 1024 * 1024;

/** `fetch`, but an answer that is longer than it may be is cut off with an error. */
export const boundedFetch: typeof fetch = async (...asked) => {
  const response = await fetch(...asked);
  if (response.body === null) return response;
  let bytes = 0;
  const bounded = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (bytes > MOST_BYTES)
          controller.error(new Error(`the answer is longer than ${MOST_BYTES / 1024 / 1024} MiB`));
        else controller.enqueue(chunk);
      },
    }),
  );
  const { status, statusText, headers } = response;
  return new Response(bounded, { status, statusText, headers });
};
