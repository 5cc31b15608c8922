/** Whether something is as it has to be, could be better, keeps the server from working, or was not looked at. */
export type State = 'ok' | 'warn' | 'fail' | 'skipped';

/** What a check has found. Nothing secret. */
export type Finding = {
  /** What was looked at, e.g. `database`. */
  readonly check: string;
  readonly state: State;
  /** A sentence. */
  readonly found: string;
  /** What to do about it. */
  readonly advice: string | null;
};

/** Findings of one check, in a form that is short to write. */
export class Findings {
  /** @param all where they go */
  constructor(
    private readonly check: string,
    readonly all: Finding[] = [],
  ) {}

  /** Of a part of the check, that has a name of its own. */
  of(part: string): Findings {
    return new Findings(part, this.all);
  }

  ok(found: string): this {
    return this.add({ check: this.check, state: 'ok', found, advice: null });
  }

  skipped(found: string): this {
    return this.add({ check: this.check, state: 'skipped', found, advice: null });
  }

  warn(found: string, advice: string | null = null): this {
    return this.add({ check: this.check, state: 'warn', found, advice });
  }

  fail(found: string, advice: string | null = null): this {
    return this.add({ check: this.check, state: 'fail', found, advice });
  }

  private add(finding: Finding): this {
    this.all.push(finding);
    return this;
  }
}
