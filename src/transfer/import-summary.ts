import type { LineProblemCode } from './line-problem.js';

/** What became of the users of a file. */
export class ImportSummary {
  /** Users in the file. */
  read = 0;
  imported = 0;
  /** Of those imported. */
  administrators = 0;
  /** There before, with the same address, and the same id where the line has one. */
  skipped = 0;
  refused = 0;
  readonly refusedBecause: Partial<Record<LineProblemCode, number>> = {};
  /** Of those imported. */
  withoutPassword = 0;
  /** Of those imported: with a digest that is guessed fast, of which some have no salt. */
  weakHashes = 0;
  unsaltedHashes = 0;

  constructor(readonly dryRun: boolean) {}

  refuse(code: LineProblemCode): void {
    this.refused += 1;
    this.refusedBecause[code] = (this.refusedBecause[code] ?? 0) + 1;
  }

  /** For programs. */
  toData(): Readonly<Record<string, number | boolean | Readonly<Record<string, number>>>> {
    const { dryRun, read, imported, skipped, refused, refusedBecause } = this;
    const { administrators, withoutPassword, weakHashes, unsaltedHashes } = this;
    return {
      dryRun,
      read,
      imported,
      skipped,
      refused,
      refusedBecause,
      administrators,
      withoutPassword,
      weakHashes,
      unsaltedHashes,
    };
  }
}
