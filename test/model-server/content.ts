import { z } from 'zod';

/** What a message says: text, or parts of which some are text. */
export const contentSchema = z.union([
  z.string(),
  z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).min(1),
]);

export const formatNameSchema = z
  .string()
  .regex(/^[a-zA-Z0-9_-]{1,64}$/, "does not match the pattern '^[a-zA-Z0-9_-]{1,64}$'");

export function textOf(content: z.infer<typeof contentSchema>): string {
  if (typeof content === 'string') return content;
  return content.map((part) => part.text ?? `[${part.type}]`).join('\n');
}

export function mistakeIn(error: z.ZodError): string {
  const [first] = error.issues;
  const place = (first?.path ?? []).map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return `Invalid value for '${place.join('').replace(/^\./, '')}': ${first?.message}`;
}
