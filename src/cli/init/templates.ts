import { constants } from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package, from `src/cli/init` and from `dist/cli/init` alike. */
const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));

/** Labs that are copied as they are. The packing lab is the one that the package itself is tested with. */
const COPIED = {
  minimal: join(PACKAGE, 'templates', 'minimal'),
  packing: join(PACKAGE, 'labs', 'packing'),
} as const;

export type CopiedTemplate = keyof typeof COPIED;

export const TEMPLATES = ['minimal', 'packing', 'karpathy'] as const;

export type Template = (typeof TEMPLATES)[number];

/** The front matter that wraps a karpathy/autoresearch checkout. */
export const KARPATHY_FRONT_MATTER = join(PACKAGE, 'templates', 'karpathy', 'program.md');

/** The files of a template, relative to the lab; `program.md` last, so that a lab is one only when it is whole. */
export async function filesOfTemplate(template: CopiedTemplate): Promise<string[]> {
  const entries = await readdir(COPIED[template], { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && !/\.test\.\w+$/.test(entry.name))
    .map(({ name }) => name);
  return names.sort((a, b) => Number(a === 'program.md') - Number(b === 'program.md') || (a < b ? -1 : 1));
}

/** Copies the files of a template. @throws rather than overwrite a file. */
export async function copyTemplate(
  template: CopiedTemplate,
  files: readonly string[],
  folder: string,
): Promise<void> {
  for (const file of files) {
    await copyFile(join(COPIED[template], file), join(folder, file), constants.COPYFILE_EXCL);
  }
}
