import type { Format } from './call.ts';

const FORBIDDEN = ['allOf', 'oneOf', 'not', 'dependentRequired', 'dependentSchemas', 'if', 'then', 'else'];

/**
 * Why a strict schema is refused, as OpenAI refuses it: every object closed, every property required, no keyword that
 * constrained decoding cannot follow.
 */
export function problemOfSchema(
  { name, strict, schema }: Extract<Format, { kind: 'json-schema' }>,
  parameter: string,
): string | undefined {
  if (!isObject(schema)) return `Missing required parameter: '${parameter}.json_schema.schema'.`;
  if (!strict) return undefined;
  const problem =
    schema.type === 'object'
      ? problemAt(schema, [])
      : 'schema must be a JSON Schema of \'type: "object"\''.concat(`, got 'type: ${String(schema.type)}'`);
  return problem && `Invalid schema for ${parameter} '${name}': ${problem}.`;
}

function problemAt(schema: unknown, path: readonly string[]): string | undefined {
  if (!isObject(schema)) return undefined;
  const context = `In context=(${path.map((key) => `'${key}'`).join(', ')}), `;
  const forbidden = FORBIDDEN.find((keyword) => keyword in schema);
  if (forbidden !== undefined) return `${context}'${forbidden}' is not permitted`;
  const properties = isObject(schema.properties) ? schema.properties : {};
  if (schema.type === 'object') {
    if (schema.additionalProperties !== false) {
      return `${context}'additionalProperties' is required to be supplied and to be false`;
    }
    const required: unknown[] = Array.isArray(schema.required) ? schema.required : [];
    const missing = Object.keys(properties).find((key) => !required.includes(key));
    if (missing !== undefined) {
      return `${context}'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'`;
    }
  }
  const definitions = isObject(schema.$defs) ? schema.$defs : {};
  const inside: [string[], unknown][] = [
    ...Object.entries(properties).map(([key, one]): [string[], unknown] => [['properties', key], one]),
    ...Object.entries(definitions).map(([key, one]): [string[], unknown] => [['$defs', key], one]),
    ...(Array.isArray(schema.anyOf) ? schema.anyOf : []).map((one, index): [string[], unknown] => [
      ['anyOf', String(index)],
      one,
    ]),
    [['items'], schema.items],
  ];
  for (const [keys, one] of inside) {
    const problem = problemAt(one, [...path, ...keys]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
