// After `npm ci` in a clone the page is there. Plain JavaScript on purpose: npm runs this under any Node from 20 up.
// Without development dependencies (`npm ci --omit=dev`) there is nothing to build with, and nothing to fail for.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

function viteProgram() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  } catch {
    return undefined;
  }
}

const vite = viteProgram();
if (vite === undefined) {
  console.log('the page is not built: development dependencies are not installed');
} else {
  const args = [vite, 'build', '--config', join(here, 'vite.config.ts'), '--logLevel', 'warn'];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  // Everything else works without the page; "ratchet serve" says how to build it.
  if (status !== 0) console.error('the page could not be built: "npm run build:page" says why');
}
