import process from 'node:process';
import { closeInheritedDescriptors } from '../process/inherited-descriptors.ts';
import { EXIT } from './exit.ts';

/** What holds for every command, before the first line of it: nothing that others left open, and a quiet end where nobody reads on. */
export function prepareThisProcess(): void {
  closeInheritedDescriptors();
  endQuietlyOnBrokenPipe();
}

/** `ratchet log | head -1` closes the pipe early: that ends the command, and is no fault. */
function endQuietlyOnBrokenPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.fine);
    throw error;
  });
}
