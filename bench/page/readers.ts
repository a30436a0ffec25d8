/** Reads the feed of a page so many times at once until it is ended: `node readers.ts PORT COUNT`. */
import { Agent, get } from 'node:http';
import { setPriority } from 'node:os';
import process from 'node:process';

const [port = 0, count = 0] = process.argv.slice(2).map(Number);
// They stand for browsers on other machines: what they cost here is not the page's.
setPriority(19);
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
let bytes = 0;
let open = 0;
for (let reader = 0; reader < count; reader++) {
  get({ host: '127.0.0.1', port, path: '/api/feed', agent }, (response) => {
    open += 1;
    if (open === count) process.stdout.write('ready\n');
    response.on('data', (part: Buffer) => (bytes += part.length));
    response.on('error', () => undefined);
  }).on('error', () => undefined);
}
process.on('SIGTERM', () => {
  process.stdout.write(`${bytes}\n`);
  process.exit();
});
