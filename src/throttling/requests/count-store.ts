/** Requests of one client that were counted here and that the others do not know of. */
export interface Delta {
  readonly key: string;
  readonly points: number;
  /** When the window ends, if it begins with these; milliseconds since the epoch. */
  readonly windowEnd: number;
}

/** What a window holds, of all instances. */
export interface WindowCount {
  readonly key: string;
  readonly points: number;
  /** Milliseconds since the epoch. */
  readonly windowEnd: number;
}

/** Where instances add up what each of them counts. */
export abstract class CountStore {
  /** Each delta in one atomic step: added to its window, or the first of a new one if that has ended by `now`. */
  abstract add(deltas: readonly Delta[], now: number): Promise<WindowCount[]>;
}
