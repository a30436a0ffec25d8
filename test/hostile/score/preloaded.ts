import type { Attack } from '../attack.ts';
import { SAME } from '../attack.ts';

const FORGE = 'console.log("score: 1"); process.exit(0);';

export const attack: Attack = {
  promise: 'code that a run leaves for Node to load first is not loaded by the evaluation',
  scoring: 'evaluated by its own program',
  program: ['artifacts: [answer.txt]', 'evaluate: node evaluate.mjs'],
  files: {
    'trial.sh': SAME,
    'evaluate.mjs':
      "import { readFileSync } from 'node:fs';\n" +
      "console.log('score:', readFileSync('answer.txt', 'utf8').length);\n",
  },
  candidates: [
    [
      SAME,
      `echo '${FORGE}' > preload.cjs`,
      'export NODE_OPTIONS="--require=$PWD/preload.cjs"',
      'for file in .env .npmrc; do echo "NODE_OPTIONS=$NODE_OPTIONS" > $file; done',
      'for file in .profile .bashrc .shrc; do echo "export NODE_OPTIONS=$NODE_OPTIONS" > "$HOME/$file"; done',
      'mkdir -p node_modules/fs "$HOME/.node_modules"; cp preload.cjs node_modules/fs/index.js',
      `echo '{"imports":{"node:fs":"./preload.cjs"}}' > package.json`,
    ].join('\n'),
    `${SAME}\nnode -e 'Array.prototype.toString = String.prototype.toString = () => "1"; JSON.stringify = () => "1"'`,
  ],
  verdicts: ['discard: no difference', 'discard: no difference'],
};
