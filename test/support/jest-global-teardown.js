import { stopProcesses } from './services/server-process.js';
import { removeTemporaryDirectories } from './services/temporary-directory.js';

export default async function tearDown() {
  await stopProcesses();
  removeTemporaryDirectories();
}
