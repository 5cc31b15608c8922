import { availableParallelism, cpus, totalmem } from 'node:os';

/** @typedef {{ cores: number, model: string, memoryGiB: number, node: string }} Machine */

/** @returns {Machine} */
export function describeMachine() {
  return {
    cores: availableParallelism(),
    model: cpus()[0]?.model ?? 'unknown processor',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}
