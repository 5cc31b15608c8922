import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { formattedApiTypes } from './api-types.js';

/** @import { Document } from './api-types.js' */

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const types = new URL('../../src/client/api-types.ts', import.meta.url);

const directory = mkdtempSync(join(tmpdir(), 'latchkey-types-'));
const server = spawn(process.execPath, [main], {
  env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: directory },
  stdio: ['ignore', 'pipe', 'inherit'],
});
for await (const line of createInterface(server.stdout)) {
  const [url] = /http:\/\/[^\s"]+/.exec(line) ?? [];
  if (!url) continue;
  const response = await fetch(`${new URL(url).origin}/openapi.json`);
  writeFileSync(types, await formattedApiTypes(/** @type {Document} */ (await response.json())));
  server.kill();
  break;
}
await once(server, 'exit');
rmSync(directory, { recursive: true, force: true });
