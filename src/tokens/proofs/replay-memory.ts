import { Clock } from '../../common/clock.js';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import { PROOF_REMEMBERED, ReplayDetection } from './replay-detection.js';

/** Of each of the two generations. */
const CAPACITY = 100_000;

/**
 * In memory, for one process. Bounded: two generations, each as long as proofs are remembered; where one is full no further proof is
 * taken until the next begins, since what is forgotten could be used again.
 */
export class ReplayMemory extends ReplayDetection {
  private younger = new Set<string>();
  private older = new Set<string>();
  private since: number;

  constructor(
    private readonly clock: Clock,
    private readonly capacity = CAPACITY,
  ) {
    super();
    this.since = clock.monotonic();
  }

  isFirstUse(id: string): Promise<boolean> {
    this.turn();
    if (this.younger.has(id) || this.older.has(id)) return Promise.resolve(false);
    if (this.younger.size >= this.capacity)
      return Promise.reject(new UnavailableError('Too many DPoP proofs are remembered right now.'));
    this.younger.add(id);
    return Promise.resolve(true);
  }

  private turn(): void {
    const now = this.clock.monotonic();
    const passed = now - this.since;
    if (passed < PROOF_REMEMBERED) return;
    this.older = passed < 2 * PROOF_REMEMBERED ? this.younger : new Set();
    this.younger = new Set();
    this.since = now;
  }
}
