import { tryAttacks } from './attack.ts';

await tryAttacks('words');
