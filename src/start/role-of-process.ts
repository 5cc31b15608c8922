import cluster from 'node:cluster';
import type { AppConfig } from '../config/config.js';

/** Whether this process only starts others and passes signals on. */
export function startsWorkers({ workers }: Pick<AppConfig, 'workers'>): boolean {
  return workers > 1 && cluster.isPrimary;
}

/** Whether this process is the one that speaks for all: the only one, or the first of several. */
export function isFirstProcess(): boolean {
  return cluster.worker === undefined || cluster.worker.id === 1;
}

/** Whether the port is held by the process that started this one. */
export function isWorker(): boolean {
  return cluster.isWorker;
}
