import { isNativeError } from 'node:util/types';
import { Injectable, Logger } from '../nest.js';

/** `disk_full`, and `read_only_sql_transaction`: that of a replica, too. */
const REFUSED_BY_DATABASE = new Set(['53100', '25006']);
/** Memory used up; a disk that it cannot save to; a replica; too few replicas. */
const REFUSED_BY_REDIS = /^(?:ERR )?(OOM|MISCONF|READONLY|NOREPLICAS) /;

/** What may refuse writes while it answers reads. */
export type WrittenStore = 'The database' | 'Redis';

/** The stores that have refused a write of a request, and are not known to take one again. */
@Injectable()
export class RefusedWrites {
  private readonly logger = new Logger('Health');
  /** When each refused one last: milliseconds of the monotonic clock. */
  private readonly stores = new Map<WrittenStore, number>();

  /** Remembers the store that an error, or what caused it, comes from, if it says that a write was refused. */
  note(error: unknown): void {
    const store = refusedBy(error);
    if (store === undefined) return;
    const isKnown = this.stores.has(store);
    this.stores.set(store, performance.now());
    if (isKnown) return;
    this.logger.error(`${store} takes no writes; /health/ready answers 503 until it does.`);
  }

  has(store: WrittenStore): boolean {
    return this.stores.has(store);
  }

  /** How long ago it refused one last; milliseconds. */
  quietFor(store: WrittenStore): number {
    return performance.now() - (this.stores.get(store) ?? Number.NEGATIVE_INFINITY);
  }

  /** It has taken one, or is to be tried. */
  forget(store: WrittenStore): void {
    if (this.stores.delete(store)) this.logger.log(`${store} takes writes again.`);
  }
}

/** Of which store an error says that it refused a write. */
function refusedBy(error: unknown): WrittenStore | undefined {
  for (let cause = error, depth = 0; isNativeError(cause) && depth < 5; cause = cause.cause, depth += 1) {
    if (REFUSED_BY_DATABASE.has(String((cause as NodeJS.ErrnoException).code))) return 'The database';
    if (REFUSED_BY_REDIS.test(cause.message)) return 'Redis';
  }
  return undefined;
}
