import { closeSync, readdirSync, readFileSync } from 'node:fs';

/** Closed in a child: the flag of the kernel as `fdinfo` shows it. */
const CLOSED_IN_CHILD = 0o2000000;
/** Input, output and errors are this process's own. */
const STANDARD = 3;

/**
 * Closes what whoever started this process left open for it and for all that it starts: Node keeps only the first sixteen, and those
 * up to a gap, from its children. To be called before anything else is opened. Does nothing where the system does not tell (macOS).
 */
export function closeInheritedDescriptors(): void {
  let names: string[];
  try {
    names = readdirSync('/proc/self/fdinfo');
  } catch {
    return;
  }
  for (const descriptor of names.map(Number)) {
    if (descriptor >= STANDARD && isInherited(descriptor)) closeSync(descriptor);
  }
}

function isInherited(descriptor: number): boolean {
  let info: string;
  try {
    info = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8');
  } catch {
    // The one that the folder was listed by.
    return false;
  }
  const flags = Number.parseInt(/^flags:\s+(\d+)/m.exec(info)?.[1] ?? '', 8);
  return (flags & CLOSED_IN_CHILD) === 0;
}
