/** What is known of a coding agent: how it is started, and what it needs of its user's and nobody else. */
export interface AgentDefinition {
  /** The command line that speaks the Agent Client Protocol on its input and output. */
  readonly program: readonly string[];
  /** The command that installs it; undefined where nobody knows. */
  readonly install: string | undefined;
  /** Set for it: no updates, no reports to its maker. */
  readonly environment: Readonly<Record<string, string>>;
  /** Set for it where a sandbox holds it: its own, inside of ours, would only be in the way. */
  readonly whereHeld: Readonly<Record<string, string>>;
  /** Variables of the user's environment that it is given: keys, and the address of another server. */
  readonly variables: readonly string[];
  /** Files below the user's home folder that hold its login. */
  readonly login: readonly string[];
  /** Files of its own home folder that it finds, by their path. */
  readonly files: Readonly<Record<string, string>>;
  /** Ways to log in by a variable, in the protocol's names. */
  readonly logins: Readonly<Record<string, string>>;
  /** Where its maker's servers are, where no variable names another: `HOST:PORT`. */
  readonly hosts: readonly string[];
  /** How a person logs in. */
  readonly mend: string;
}

const json = (value: unknown): string => JSON.stringify(value);

export const AGENTS = {
  claude: {
    program: ['claude-agent-acp'],
    install: 'npm install --global @agentclientprotocol/claude-agent-acp',
    environment: {
      DISABLE_AUTOUPDATER: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    },
    whereHeld: {},
    variables: [
      'ANTHROPIC_API_KEY',
      'ANTHROPIC_AUTH_TOKEN',
      'ANTHROPIC_BASE_URL',
      'ANTHROPIC_MODEL',
      'CLAUDE_CODE_OAUTH_TOKEN',
    ],
    login: ['.claude/.credentials.json'],
    files: {},
    logins: {},
    hosts: ['api.anthropic.com:443', 'console.anthropic.com:443', 'platform.claude.com:443'],
    mend: 'run `claude` once and log in, or set ANTHROPIC_API_KEY',
  },
  codex: {
    program: ['codex-acp'],
    install: 'npm install --global @agentclientprotocol/codex-acp',
    environment: {
      CODEX_CONFIG: json({ check_for_update_on_startup: false, analytics: { enabled: false } }),
      NO_BROWSER: '1',
    },
    whereHeld: { INITIAL_AGENT_MODE: 'agent-full-access' },
    variables: ['OPENAI_API_KEY', 'CODEX_API_KEY', 'MODEL_PROVIDER'],
    login: ['.codex/auth.json'],
    files: {},
    logins: { CODEX_API_KEY: 'api-key', OPENAI_API_KEY: 'api-key' },
    hosts: ['api.openai.com:443', 'auth.openai.com:443', 'chatgpt.com:443'],
    mend: 'run `codex login`, or set OPENAI_API_KEY',
  },
  opencode: {
    program: ['opencode', 'acp'],
    install: 'npm install --global opencode-ai',
    environment: {
      OPENCODE_CONFIG_CONTENT: json({ autoupdate: false, share: 'disabled' }),
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
    },
    whereHeld: {},
    variables: [
      'ANTHROPIC_API_KEY',
      'GEMINI_API_KEY',
      'OPENAI_API_KEY',
      'OPENCODE_API_KEY',
      'OPENROUTER_API_KEY',
    ],
    login: ['.local/share/opencode/auth.json'],
    files: {},
    logins: {},
    hosts: [
      'opencode.ai:443',
      'api.anthropic.com:443',
      'api.openai.com:443',
      'generativelanguage.googleapis.com:443',
      'openrouter.ai:443',
    ],
    mend: 'run `opencode auth login`',
  },
  gemini: {
    program: ['gemini', '--acp'],
    install: 'npm install --global @google/gemini-cli',
    environment: {},
    whereHeld: {},
    variables: ['GEMINI_API_KEY', 'GOOGLE_GEMINI_BASE_URL'],
    login: ['.gemini/oauth_creds.json', '.gemini/google_accounts.json'],
    files: {
      '.gemini/settings.json': json({
        general: { disableAutoUpdate: true, enableAutoUpdate: false },
        privacy: { usageStatisticsEnabled: false },
      }),
    },
    logins: { GEMINI_API_KEY: 'gemini-api-key' },
    hosts: [
      'generativelanguage.googleapis.com:443',
      'cloudcode-pa.googleapis.com:443',
      'oauth2.googleapis.com:443',
    ],
    mend: 'run `gemini` once and log in, or set GEMINI_API_KEY',
  },
} as const satisfies Record<string, AgentDefinition>;

export type AgentName = keyof typeof AGENTS;
export const AGENT_NAMES = Object.keys(AGENTS) as readonly AgentName[];

/** What is known of an agent; of any other command, that it is one. */
export function definitionOf(text: string): AgentDefinition {
  const known = AGENT_NAMES.find((name) => name === text);
  if (known !== undefined) return AGENTS[known];
  const words = text.split(/\s+/).filter((word) => word !== '');
  return {
    program: words,
    install: undefined,
    environment: {},
    whereHeld: {},
    variables: [],
    login: [],
    files: {},
    logins: {},
    hosts: [],
    mend: 'log in to it as its own documentation says, and name the files that hold the login in your settings',
  };
}
