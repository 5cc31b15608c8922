// Not the global one, which tests replace.
import { setImmediate } from 'node:timers';
import type { HotStatement } from '../../database/hot-statement.js';
import { isRowFailure } from '../../database/sql-errors.js';
import type { RotatedRow, RotationValues } from './rotate-statement.js';

/** In one statement: what a burst sends is answered piece by piece. */
const JOINED_MAX = 100;

type Rotated = RotatedRow | undefined;

interface Waiting {
  readonly rotation: RotationValues;
  readonly resolve: (rotated: Rotated | Promise<Rotated>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Rotations that arrive in the same turn of the event loop are one statement: one round trip, one commit. Each is
 * answered as if it had been sent by itself, and is sent by itself where the joint statement leaves it out: it is not
 * the live token's, another transaction holds its row, or one of the rows fails the statement.
 */
export class JoinedRotations {
  private waiting = new Map<string, Waiting>();

  constructor(
    private readonly one: Pick<HotStatement<RotationValues, RotatedRow[]>, 'execute'>,
    private readonly many: Pick<HotStatement<{ readonly rotations: string }, RotatedRow[]>, 'execute'>,
  ) {}

  /** @returns the session's row as it now is; undefined if nothing was changed */
  rotate(rotation: RotationValues): Promise<Rotated> {
    // A row is changed once in a statement.
    if (this.waiting.has(rotation.id)) return this.alone(rotation);
    return new Promise((resolve, reject) => {
      if (this.waiting.size === 0) setImmediate(() => this.send());
      this.waiting.set(rotation.id, { rotation, resolve, reject });
      if (this.waiting.size === JOINED_MAX) this.send();
    });
  }

  private send(): void {
    const all = [...this.waiting.values()];
    this.waiting = new Map();
    const [first, ...others] = all;
    if (!first) return;
    if (others.length === 0) first.resolve(this.alone(first.rotation));
    else void this.together(all);
  }

  private async alone(rotation: RotationValues): Promise<Rotated> {
    const [row] = await this.one.execute(rotation);
    return row;
  }

  /** Never fails: each of them is told. */
  private async together(all: readonly Waiting[]): Promise<void> {
    const rotations = JSON.stringify(all.map(({ rotation }) => rotation));
    let rows: readonly RotatedRow[] = [];
    try {
      rows = await this.many.execute({ rotations });
    } catch (error) {
      if (!isRowFailure(error)) {
        for (const { reject } of all) reject(error);
        return;
      }
      // Nothing was done. Which of them it was shows when each is sent by itself.
    }
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const { rotation, resolve } of all) resolve(byId.get(rotation.id) ?? this.alone(rotation));
  }
}
