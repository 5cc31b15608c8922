/** Which spec runs each command of docs/operations.md. What is not here says "(not run here)" there. */
export const RUN_BY: Readonly<Record<string, string>> = {
  'npm start': 'test/e2e/process/npm-start.spec.ts',
  'pg_dump --format=custom --schema=latchkey --no-owner --no-unlogged-table-data --file=latchkey.dump "$DATABASE_URL"':
    'test/e2e/process/back-up.spec.ts',
  'pg_restore --exit-on-error --single-transaction --no-owner --dbname="$DATABASE_URL" latchkey.dump':
    'test/e2e/process/back-up.spec.ts',
  'npm run cli -- migrations run': 'test/package/package.spec.ts',
  'npm run cli -- keys rotate': 'test/e2e/process/signing-keys.spec.ts',
  'npm run cli -- keys list': 'test/e2e/process/signing-keys.spec.ts',
  'npm run cli -- keys revoke <kid>': 'test/e2e/process/signing-keys.spec.ts',
  'npm run cli -- storage restored': 'test/e2e/faults/restored-database.spec.ts',
  'npm run cli -- storage purge': 'test/e2e/process/storage-purge.spec.ts',
  'npm run cli -- users disable <e-mail>': 'test/e2e/process/incidents.spec.ts',
  'npm run cli -- users enable <e-mail>': 'test/e2e/process/incidents.spec.ts',
  'npm run cli -- users withdraw <e-mail> admin': 'test/e2e/process/incidents.spec.ts',
  'npm run cli -- users grant <e-mail> admin': 'test/e2e/process/operator-commands.spec.ts',
  'npm run cli -- users reset-password <e-mail>': 'test/e2e/process/operator-commands.spec.ts',
  'npm run cli -- users delete <e-mail>': 'test/e2e/process/operator-commands.spec.ts',
  'npm run cli -- users grant <e-mail> <role>': 'test/e2e/process/operator-commands.spec.ts',
  'npm run cli -- users withdraw <e-mail> <role>': 'test/e2e/process/operator-commands.spec.ts',
  'npm run cli -- sessions end <e-mail>': 'test/e2e/process/incidents.spec.ts',
  'npm run cli -- sessions end-all': 'test/e2e/process/operator-commands.spec.ts',
  'npm run cli -- admin renew-password': 'test/e2e/process/operator-commands.spec.ts',
  'npm run cli -- tokens revoke <jti>': 'test/e2e/process/operator-commands.spec.ts',
  'npm run cli -- tokens revoke <jti or access token>': 'test/e2e/process/operator-commands.spec.ts',
  'npm run cli -- tokens revoke-all': 'test/e2e/process/operator-commands.spec.ts',
};
