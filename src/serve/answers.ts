import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { ServerNotification, ServerRequest } from '@modelcontextprotocol/sdk/types.js';
import type { Desk } from './desk.ts';
import type { Position } from './follow.ts';

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** An answer's words, and for `propose` and `wait` what a program reads of it. */
export interface Answer {
  readonly text: string;
  readonly structured?: Record<string, unknown>;
  readonly isError?: boolean;
}

export function proposed(position: Position): Answer {
  if (position.kind === 'refused') return { text: position.text, isError: true };
  const structured = structuredOf(position);
  if (position.kind === 'queued')
    return {
      text: `${position.text}: the engine has not numbered it yet. \`wait\` takes its ticket.`,
      structured,
    };
  if (position.kind === 'running')
    return {
      text: `experiment ${position.experiment.proposal.experiment}: it is tried next. \`wait\` tells its verdict.`,
      structured,
    };
  return { text: position.text, structured };
}

export function waited(position: Position, news?: string): Answer {
  const isUnderWay = position.kind === 'running' || position.kind === 'queued';
  const words = isUnderWay ? `still running: ${position.text}` : position.text;
  const answer = {
    text: news === undefined ? words : `${news}\n\n${words}`,
    structured: structuredOf(position),
  };
  return position.kind === 'refused' ? { ...answer, isError: true } : answer;
}

function structuredOf(position: Position): Record<string, unknown> {
  const experiment = 'experiment' in position ? position.experiment : undefined;
  return {
    state: position.kind,
    ...(experiment === undefined ? {} : { experiment: experiment.proposal.experiment }),
    ...(position.kind === 'queued' ? { ticket: position.ticket } : {}),
    ...(experiment?.status === 'judged' ? { verdict: experiment.verdict.kind } : {}),
  };
}

/** Words while it waits, where the client asked for them; one that cannot be told is not missed. */
export function progressTo(desk: Desk, extra: Extra, start: number, most: number) {
  const token = extra._meta?.progressToken;
  return (position: Position, share: number) => {
    if (token === undefined) return;
    const message =
      share > 0 ? `${position.text}, about ${Math.round(share * 100)}% of its budget` : position.text;
    const params = {
      progressToken: token,
      progress: (performance.now() - start) / 1_000,
      total: most / 1_000,
      message: desk.clean(message),
    };
    extra.sendNotification({ method: 'notifications/progress', params }).catch(() => undefined);
  };
}
