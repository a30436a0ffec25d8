import { useWatched } from '../state/signal.ts';
import { connection } from '../state/study.ts';

/** Whether what is shown is of this moment. */
export function Connection() {
  const state = useWatched(connection);
  switch (state.kind) {
    case 'live':
      return (
        <span class="connection quiet" role="status">
          <span class="dot pulse" aria-hidden="true" />
          live
        </span>
      );
    case 'loading':
      return (
        <span class="connection quiet" role="status">
          loading…
        </span>
      );
    case 'lost':
      return (
        <span class="connection warn" role="status">
          not connected, trying again
          <span class="wide-only">: has the run ended? “ratchet serve” shows it</span>
        </span>
      );
    case 'failed':
      return (
        <span class="connection bad" role="status">
          cannot be read
        </span>
      );
    default:
      return state satisfies never;
  }
}
