import type { Socket } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { type AnyMessage, MessageTooLargeError, ndJsonStream, type Stream } from '@agentclientprotocol/sdk';

/** Bytes of one message of an agent, and of all that it sends in one turn. */
const MOST_MESSAGE = 8 * 1024 * 1024;
const MOST_TURN = 64 * 1024 * 1024;

class TooMuchError extends Error {
  override name = 'TooMuchError';
}

/** Why an agent's messages are read no longer, where it sent too much of them; undefined where that is not why. */
export function tooMuch(cause: unknown): string | undefined {
  const inMebibytes = (bytes: number) => `${bytes / 1024 / 1024} MiB`;
  if (cause instanceof TooMuchError) return `it sent more than ${inMebibytes(MOST_TURN)} in one turn`;
  if (cause instanceof MessageTooLargeError)
    return `it sent a message of more than ${inMebibytes(MOST_MESSAGE)}`;
  return undefined;
}

/** A bounded stream of messages over a socket. */
export interface Wire {
  readonly stream: Stream;
  /** Called at each piece that comes. */
  onPiece: () => void;
  /** Begins to count a turn anew. */
  startTurn(): void;
}

/**
 * The library reports what it cannot make sense of on the user's terminal, in the words of whoever sent it: notices go past it,
 * and answers that nobody waits for are left out.
 *
 * @param notice gets what the agent tells unasked: the method, and what came with it
 */
export function wireOver(socket: Socket, notice: (method: string, params: unknown) => void): Wire {
  let bytes = 0;
  const asked = new Set<unknown>();
  const bounded = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      bytes += piece.byteLength;
      wire.onPiece();
      if (bytes > MOST_TURN) controller.error(new TooMuchError());
      else controller.enqueue(piece);
    },
  });
  const input = (Readable.toWeb(socket) as ReadableStream<Uint8Array>).pipeThrough(bounded);
  const output = Writable.toWeb(socket) as WritableStream<Uint8Array>;
  const { readable, writable } = ndJsonStream(output, input, { maxMessageBytes: MOST_MESSAGE });
  const known = new TransformStream<AnyMessage, AnyMessage>({
    transform(message, controller) {
      const id = 'id' in message ? message.id : undefined;
      if (!('method' in message)) {
        if (asked.delete(id)) controller.enqueue(message);
      } else if (id === undefined) {
        notice(message.method, message.params);
      } else {
        controller.enqueue(message);
      }
    },
  });
  const noting = new TransformStream<AnyMessage, AnyMessage>({
    transform(message, controller) {
      if ('method' in message && 'id' in message) asked.add(message.id);
      controller.enqueue(message);
    },
  });
  // Where it breaks off, so does the connection.
  noting.readable.pipeTo(writable).catch(() => socket.destroy());
  const wire: Wire = {
    stream: { readable: readable.pipeThrough(known), writable: noting.writable },
    onPiece: () => undefined,
    startTurn: () => {
      bytes = 0;
    },
  };
  return wire;
}
