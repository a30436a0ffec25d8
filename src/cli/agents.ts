import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, relative, resolve } from 'node:path';
import process from 'node:process';
import { isOfSystem } from '../process/bubblewrap.ts';
import { declinesSandbox, type Enforcement } from '../process/enforcement.ts';
import { type Endpoint, endpointOf } from '../process/gate.ts';
import { runtimesOf } from '../process/runtime.ts';
import type { Agent } from '../propose/agent/agent.ts';
import { type AgentDefinition, definitionOf } from '../propose/agent/definitions.ts';
import type { Patience } from '../propose/agent/patience.ts';
import { createAgentResearcher, type HeldResearcher } from '../propose/agent/researcher.ts';
import type { Holding } from '../propose/agent/start.ts';
import { writeBrief } from '../propose/brief.ts';
import { leftOut, placesOfProgram, shownTo } from '../run/doors.ts';
import type { OpenLab } from './open-lab.ts';
import { Problem } from './problem.ts';
import { type AgentSettings, type UserSettings, userSettingsFile } from './user-settings.ts';

/** Where an agent is to work. */
export interface AgentWorkplace {
  readonly opened: Pick<OpenLab, 'lab' | 'program' | 'repository'>;
  readonly enforcement: Enforcement;
  /** How long it is waited for. */
  readonly patience: Patience;
}

/** Tokens of the brief that a conversation goes on with: the agent has the files, and what it was told before. */
const SHORT_BRIEF = 6_000;
/** Bytes of a file that an agent is given. */
const LARGEST_FILE = 1024 * 1024;
/** Characters of a text of a login that are worth to be looked for. */
const SHORTEST_SECRET = 16;

/**
 * Makes a coding agent of this machine a researcher. It starts with the first thought, and runs until it is disposed of.
 *
 * @throws a Problem where its program or a sandbox is missing, or where the settings are wrong
 */
export function openAgent(
  text: string,
  { agents }: UserSettings,
  { opened, enforcement, patience }: AgentWorkplace,
): HeldResearcher {
  const { lab, program, repository } = opened;
  requireSandbox(text, enforcement);
  const agent = agentOf(text, agents?.[text] ?? {}, enforcement);
  const places = placesOfProgram(program, lab.folder, repository.prefix);
  const read = installationsOf(agent.program, lab.folder);
  const hidden = shownTo('candidate', places).hidden.map(({ target }) => target);
  const holding: Holding = {
    enforcement,
    read,
    hidden: hidden.filter((path) => [...read, ...read.map(realPath)].some((folder) => isBelow(path, folder))),
    closed: isOfSystem(places.root) ? [places.root] : [],
  };
  return createAgentResearcher({
    agent,
    holding,
    patience,
    folder: lab.folder,
    scratch: {
      repository,
      lab: repository.prefix,
      hidden: leftOut('candidate', program, places, repository.prefix),
    },
    writeBrief: (brief, length) => writeBrief(brief, length === 'whole' ? {} : { tokens: SHORT_BRIEF }),
  });
}

function requireSandbox(text: string, { sandbox }: Enforcement): void {
  if (sandbox.kind === 'bubblewrap') return;
  if (sandbox.kind === 'none' && declinesSandbox()) {
    process.stderr.write(
      `warning: NO SANDBOX: ${sandbox.reason}. agent:${text} can read, change and send whatever you can.\n`,
    );
    return;
  }
  const why =
    sandbox.kind === 'none'
      ? sandbox.reason
      : 'the sandbox of macOS cannot let an agent reach its model alone';
  throw new Problem(
    `agent:${text} runs in a sandbox, and there is none: ${why}. "ratchet doctor" says how to get one; with RATCHET_SANDBOX=none it can read, change and send whatever you can`,
  );
}

function agentOf(text: string, settings: AgentSettings, { sandbox }: Enforcement): Agent {
  const definition = definitionOf(text);
  const given = variablesOf(definition);
  const environment = {
    ...definition.environment,
    ...(sandbox.kind === 'none' ? {} : definition.whereHeld),
    ...given,
    ...settings.environment,
  };
  const logins = definition.login.flatMap((path) => fileOf(path, 'login'));
  const files = (settings.files ?? []).flatMap((path) => fileOf(path.slice(2), 'settings'));
  const keys = Object.entries({ ...given, ...settings.environment })
    .filter(([name]) => /KEY|TOKEN|SECRET|PASSWORD/i.test(name))
    .map(([, value]) => value);
  return {
    name: `agent:${text}`,
    program: programOf(text, definition, settings),
    environment,
    home: { ...definition.files, ...Object.fromEntries([...logins, ...files]) },
    endpoints: endpointsOf(text, definition, settings, environment),
    logins: [
      ...new Set(
        Object.entries(definition.logins).flatMap(([name, method]) => (name in environment ? method : [])),
      ),
    ],
    mend: definition.mend,
    secrets: [...keys, ...[...logins, ...files].flatMap(([, content]) => textsIn(content))].filter(
      (secret) => secret.length >= SHORTEST_SECRET,
    ),
  };
}

function variablesOf({ variables }: AgentDefinition): Record<string, string> {
  const set = variables.flatMap((name) => {
    const value = process.env[name]?.trim();
    return value ? [[name, value] as const] : [];
  });
  return Object.fromEntries(set);
}

/** A copy, so that what the agent does to it does not touch the user's; one that is missing is left out where it may be. */
function fileOf(path: string, what: 'login' | 'settings'): [path: string, content: Buffer][] {
  const file = join(homedir(), path);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined && what === 'login') return [];
  if (!found?.isFile() || found.size > LARGEST_FILE)
    throw new Problem(`~/${path}, which an agent is to have a copy of, is no file of at most 1 MiB`);
  return [[path, readFileSync(file)]];
}

/** The texts that a file of JSON holds: a login's keys are among them. */
function textsIn(content: Buffer): string[] {
  try {
    const texts: string[] = [];
    JSON.parse(content.toString(), (_, value: unknown) => {
      if (typeof value === 'string') texts.push(value);
      return value;
    });
    return texts;
  } catch {
    return [];
  }
}

function programOf(
  text: string,
  { program, install }: AgentDefinition,
  { command }: AgentSettings,
): string[] {
  const [name = '', ...words] = command?.split(/\s+/) ?? program;
  const file = findProgram(name);
  if (file !== undefined) return [file, ...words];
  const mend = install === undefined ? 'install it, or write its whole path' : `\`${install}\` installs it`;
  throw new Problem(`agent:${text} needs the program ${name}, which is not on your PATH: ${mend}`);
}

function findProgram(name: string): string | undefined {
  const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  if (name.includes('/')) return isFile(resolve(name)) ? resolve(name) : undefined;
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, name))
    .find(isFile);
}

/** What is shown of a program's installation: of what npm installed, all that it may need; and the files that its words name. */
function installationsOf([program = '', ...words]: readonly string[], lab: string): string[] {
  const files = words.filter((word) => isAbsolute(word) && existsSync(word));
  const modules = [program, realpathSync(program)].flatMap(
    (path) => /^.*?\/node_modules(?=\/)/.exec(path)?.[0] ?? [],
  );
  return [...new Set([...runtimesOf([program], [], lab), ...files, ...modules, ...modules.map(realPath)])];
}

/** Its settings name the servers, or its variables do, or they are its maker's. */
function endpointsOf(
  text: string,
  { hosts }: AgentDefinition,
  settings: AgentSettings,
  environment: Readonly<Record<string, string>>,
): Endpoint[] {
  const named = settings.hosts?.map((host) => {
    const endpoint = endpointOf(/:\d+$/.test(host) ? host : `${host}:443`);
    if (endpoint !== undefined) return endpoint;
    throw new Problem(`hosts of agents.${text} in ${userSettingsFile()}: ${host} is no HOST or HOST:PORT`);
  });
  const addresses = Object.entries(environment).flatMap(([name, value]) => {
    const url = /_BASE_URL$/.test(name) ? URL.parse(value) : null;
    return url === null ? [] : [{ host: url.hostname.replace(/^\[|\]$/g, ''), port: portOf(url) }];
  });
  if (named !== undefined) return [...named, ...addresses];
  return addresses.length > 0 ? addresses : hosts.flatMap((host) => endpointOf(host) ?? []);
}

function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'http:' ? 80 : 443);
}

function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

function isBelow(path: string, folder: string): boolean {
  const below = relative(folder, path);
  return below === '' || (!below.startsWith('..') && !isAbsolute(below));
}
