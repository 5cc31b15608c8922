/**
 * Who may import whom, as docs/architecture.md says. Everything may import `common`, and itself;
 * what is not named here is forbidden.
 */
const mayImport = {
  common: [],
  config: [],
  database: ['config'],
  redis: ['config'],
  push: ['database', 'redis'],
  secrets: ['config'],
  mail: ['config', 'database', 'secrets'],
  throttling: ['config', 'database', 'redis', 'secrets'],
  audit: ['config', 'database', 'secrets'],
  // Siblings: they meet only in auth.
  users: ['database'],
  tokens: ['config', 'database', 'push', 'redis', 'secrets'],
  // What it reads: nothing but the composition knows it. Others tell `Measurements` of common.
  metrics: ['access', 'audit', 'auth', 'config', 'database', 'health', 'mail', 'tokens'],
  // auth for how busy the hashing is.
  health: ['auth', 'database', 'redis', 'tokens'],
  // Guards and decorators, of the server and of other services.
  access: ['tokens'],
  // config for what is of this machine.
  relay: ['access', 'config'],
  // config for its error, and for what is of this machine.
  'resource-server': ['access', 'config', 'relay', 'tokens'],
  // Transports: each is an entry point of its own, and none knows another.
  graphql: ['access'],
  grpc: ['access', 'relay'],
  websockets: ['access', 'tokens'],
  // config for the part that auth owns: PasswordsConfig.
  auth: ['access', 'audit', 'config', 'mail', 'relay', 'secrets', 'throttling', 'tokens', 'users'],
  admin: ['access', 'audit', 'auth', 'config', 'tokens', 'users'],
  // Above auth. admin for the rights of who changes clients.
  oauth: [
    'access',
    'admin',
    'audit',
    'auth',
    'config',
    'database',
    'mail',
    'push',
    'secrets',
    'throttling',
    'tokens',
    'users',
  ],
  // auth for the formats of password hashes.
  transfer: ['audit', 'auth', 'config', 'database', 'users'],
  // Below: not even common.
  client: [],
  // A front end of the API, by its routes: client for its script; mail for the choice of a language; access and audit for names;
  // oauth for what an authorization request asks of people.
  pages: ['access', 'audit', 'auth', 'client', 'config', 'mail', 'oauth', 'users'],
  // The ports that it stands in for.
  testing: ['audit', 'auth', 'config', 'database', 'mail', 'oauth', 'push', 'throttling', 'tokens', 'users'],
  // admin for its operations on other people's accounts; the rest for `doctor`, which looks at all that a start needs, and says
  // what start would say.
  cli: ['admin', 'config', 'database', 'mail', 'oauth', 'redis', 'start', 'tokens', 'transfer', 'users'],
};

/** The composition: it may import everything, and only it imports itself. */
const topFloor =
  '^src/(main|index|(create-)?application(-options)?|latchkey\\.module|cli/(command-line|opened-context))\\.ts$|^src/(composition|http|start)/';

const modules = Object.keys(mayImport);
const spec = '\\.spec\\.ts$';

/** @param {string[]} names */
const folders = (names) => `^src/(${names.join('|')})/`;

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(mayImport).map(([name, allowed]) => ({
      name: `${name}-imports`,
      comment: `${name} may import only ${[...new Set(['common', ...allowed])].join(', ')} (and itself)`,
      severity: 'error',
      from: { path: folders([name]), pathNot: topFloor },
      to: { path: '^src/', pathNot: folders([name, 'common', ...allowed]) },
    })),
    {
      name: 'client-stands-alone',
      comment: 'It runs in browsers: nothing of the server, of Node, or of a package',
      severity: 'error',
      from: { path: '^src/client/', pathNot: spec },
      to: { pathNot: '^src/client/' },
    },
    {
      name: 'verifying-only',
      comment:
        'What runs in other services loads the part of tokens that verifies, and no settings of the server',
      severity: 'error',
      from: { path: folders(['access', 'relay', 'resource-server']), pathNot: spec },
      to: {
        path: folders(['config', 'tokens']),
        pathNot:
          '^src/tokens/(access/(access-token-verifier|verification-rules)|proofs/(dpop-proofs|proof\\.errors|replay-detection|replay-memory)|keys/(verification-keys|token-key|signing-algorithm|rsa-weakness)|revocation/(feed/feed-message|revoked-tokens|revocations-unknown\\.error|revocation|revocation-set|revocation-store))\\.ts$|^src/config/(configuration-error|loopback)\\.ts$',
      },
    },
    {
      name: 'module-without-rule',
      comment: 'A new folder of src needs its line in the table above',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: [folders(modules), topFloor] },
    },
    {
      name: 'nothing-imports-app',
      comment:
        'main, cli/command-line, cli/opened-context and index are where everything begins; they and create-application import latchkey.module',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot:
          '^src/(main|cli/(start|command-line|opened-context)|index|(create-)?application(-options)?)\\.ts$',
      },
      to: { path: '^src/(main|cli/command-line|index|latchkey\\.module)\\.ts$' },
    },
    {
      name: 'no-circle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-circle-of-folders',
      comment: 'Folders are floors, those within folders too: one imports only those below it',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'no-orphan',
      comment: 'A file that imports nothing and that nothing imports',
      severity: 'error',
      from: { path: '^src/', orphan: true, pathNot: [spec, '\\.d\\.ts$'] },
      to: {},
    },
    {
      name: 'no-tests-in-src',
      comment: 'What ships does not import tests, their support, or benchmarks',
      severity: 'error',
      from: { path: '^src/', pathNot: [spec] },
      to: { path: ['^(test|bench)/', spec] },
    },
    {
      name: 'no-dev-dependency',
      comment:
        'What ships is installed without devDependencies, but for what only the bundle of the server has: the SDK of OpenTelemetry',
      severity: 'error',
      from: { path: '^src/', pathNot: [spec, '^src/start/(reporting-exporter|tracing-sdk)\\.ts$'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'no-undeclared-dependency',
      comment: 'It is there by chance, through another package: declare it in package.json',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['(^|/)node_modules/', '^test/'] },
    // Type-only imports count: they tie modules together as much.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
