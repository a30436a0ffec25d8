import { formatBytes } from '../lab/units.ts';
import type { Unshown } from '../model/researcher.ts';

/** Why a file is not shown, to stand in brackets behind its name: `1.2 MiB`, `4 KiB, no text`. */
export function unshownText(unshown: Unshown): string {
  switch (unshown.kind) {
    case 'large':
      return formatBytes(unshown.bytes);
    case 'binary':
      return `${formatBytes(unshown.bytes)}, no text`;
    case 'link':
      return 'a link or a submodule';
    case 'beyond':
      return `past the first ${unshown.most} files`;
    default:
      return unshown satisfies never;
  }
}
