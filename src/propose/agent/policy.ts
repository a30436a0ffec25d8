import { posix } from 'node:path';
import * as z from 'zod';

/** What an agent asks before it does something; keys that are not looked at stay out. */
export const permissionQuestion = z.object({
  toolCall: z.object({
    kind: z.string().nullish().catch(undefined),
    locations: z
      .array(z.object({ path: z.string() }))
      .nullish()
      .catch(undefined),
    content: z
      .array(z.object({ path: z.string().nullish().catch(undefined) }))
      .nullish()
      .catch(undefined),
    rawInput: z.unknown().optional(),
  }),
  options: z.array(z.object({ optionId: z.string(), kind: z.string() })),
});
export type PermissionQuestion = z.infer<typeof permissionQuestion>;

export type PermissionAnswer =
  | { readonly outcome: 'selected'; readonly optionId: string }
  | { readonly outcome: 'cancelled' };

export interface PolicyPlace {
  /** The folder that the agent works in, absolute. */
  readonly folder: string;
  /** Folders beside it that are the agent's own, absolute: its temporary one. */
  readonly own: readonly string[];
  /** Whether a sandbox holds it: without one no command is allowed, since nothing would veto what it does. */
  readonly isHeld: boolean;
}

/** Kinds of tools that need nothing but what the agent has already. */
const HARMLESS = new Set(['read', 'edit', 'delete', 'move', 'search', 'think']);
/** Keys of a tool's input under which agents name files. */
const PATH_KEYS =
  /^(?:abs_?)?(?:file|dir|directory|folder|target|source|destination|notebook)?_?(?:path|file|folder|directory|dir|cwd)$/i;

/**
 * Answers a question by policy, since nobody is there to ask: yes to what stays in the agent's folder, no to the rest. What the sandbox does not
 * show cannot be read or written whatever is said here; a no tells the agent so at once.
 */
export function answerPermission(question: PermissionQuestion, place: PolicyPlace): PermissionAnswer {
  const wanted = isAllowed(question, place) ? 'allow' : 'reject';
  // For this once: an agent that is told "always" asks no more, also about other files.
  const option = ['once', 'always']
    .map((often) => question.options.find(({ kind }) => kind === `${wanted}_${often}`))
    .find((one) => one !== undefined);
  return option === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', optionId: option.optionId };
}

function isAllowed({ toolCall }: PermissionQuestion, place: PolicyPlace): boolean {
  const paths = [
    ...(toolCall.locations ?? []).map(({ path }) => path),
    ...(toolCall.content ?? []).flatMap(({ path }) => path ?? []),
    ...pathsIn(toolCall.rawInput),
  ];
  if (!paths.every((path) => isInside(path, place))) return false;
  const kind = toolCall.kind ?? 'other';
  // A command is held by the sandbox, and so is what has no name here; there is no network to fetch from.
  return HARMLESS.has(kind) || (place.isHeld && kind !== 'fetch' && kind !== 'switch_mode');
}

/** Paths that the input of a tool names at its top. */
function pathsIn(input: unknown): string[] {
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).flatMap(([key, value]) =>
    typeof value === 'string' && PATH_KEYS.test(key) ? [value] : [],
  );
}

function isInside(path: string, { folder, own }: PolicyPlace): boolean {
  const absolute = posix.resolve(folder, path);
  return [folder, ...own].some((one) => absolute === one || absolute.startsWith(`${one}/`));
}
