import { type Bubblewrap, bubblewrapped } from './bubblewrap.ts';
import type { Doors } from './doors.ts';
import { seatbelted } from './seatbelt.ts';

/** What holds a command inside its doors on this machine. */
export type Sandbox =
  | ({ readonly kind: 'bubblewrap' } & Bubblewrap)
  /** macOS. Untested: nobody has run the hostile suites there. */
  | { readonly kind: 'sandbox-exec'; readonly program: string }
  /** Nothing does: a command can do what its user can. */
  | { readonly kind: 'none'; readonly reason: string };

/** A command's place: the sandbox that holds it, its doors and the folder that it starts in. */
export interface Confinement {
  readonly sandbox: Sandbox;
  readonly doors: Doors;
  readonly cwd: string;
}

/** The words before a program's own that make it run inside its doors; none where nothing holds it. */
export function wrapperOf({ sandbox, doors, cwd }: Confinement, home: string | undefined): string[] {
  switch (sandbox.kind) {
    case 'bubblewrap':
      return bubblewrapped(sandbox, doors, cwd, home);
    case 'sandbox-exec':
      return seatbelted(sandbox, doors);
    case 'none':
      return [];
    default:
      return sandbox satisfies never;
  }
}
