import type { LatchkeyConfig } from '../../config/config.js';
import type { Findings } from './finding.js';

/** What a check looks at. */
export interface Subject {
  readonly config: LatchkeyConfig;
  /** See `PartialConfig`. */
  readonly withoutSecret: boolean;
  /** In one line what keeps a store from being used, and what to do. */
  readonly explain: (error: unknown) => string;
}

/** One thing that is looked at. */
export interface Check {
  /** e.g. `database` */
  readonly name: string;
  /** Settings without which there is nothing to look at. */
  readonly needs: readonly string[];
  /** @throws Error which `Subject.explain` explains */
  look(subject: Subject, findings: Findings): Promise<void>;
}
