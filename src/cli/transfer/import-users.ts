import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import type { ImportSummary } from '../../transfer/import-summary.js';
import { readAuth0Hashes } from '../../transfer/sources/auth0.js';
import { readFirebaseHashConfig } from '../../transfer/sources/firebase.js';
import {
  FORMATS_WITH_OTHER_IDS,
  type SourceOptions,
  USER_SOURCES,
} from '../../transfer/sources/user-sources.js';
import { InputFile, PrivateFile, textOfFile } from '../../transfer/transfer-files.js';
import { importerOf } from '../../transfer/transfer-of.js';
import type { Refusal } from '../../transfer/user-import.js';
import type { CommandContext, CommandResult } from '../framework/command.js';
import type { CommandInput } from '../framework/command-input.js';
import { untilStopped } from '../framework/stop-signal.js';
import { ProgressLine } from './progress-line.js';

/** Refused lines that are told of where there is no file for them. */
const TOLD_MAX = 20;
const OWN_FORMAT = 'latchkey';

/** Imports a file, and says what became of its users; of those until then, where it is stopped. @throws LatchkeyError if a file cannot be used */
export function importUsers(context: CommandContext, input: CommandInput): Promise<CommandResult> {
  return untilStopped((signal) => importUntil(signal, context, input));
}

async function importUntil(
  signal: AbortSignal,
  context: CommandContext,
  input: CommandInput,
): Promise<CommandResult> {
  const format = input.option('format') ?? OWN_FORMAT;
  const source = USER_SOURCES.get(format);
  if (!source) throw new LatchkeyError('VALIDATION_FAILED', 'There is no such format.');
  const file = new InputFile(input.argument('file'));
  const hashes = await hashesOf(input);
  const { importer, now, maxOwnCost } = await importerOf(context);
  const path = input.option('rejects');
  const rejects = path === undefined ? undefined : await PrivateFile.create(path);
  const progress = new ProgressLine(file.size);
  const told = new ToldRefusals();
  let soFar: ImportSummary | undefined;
  try {
    const summary = await importer.run(source(file.chunks(signal), { now, ...hashes }), {
      now,
      maxOwnCost,
      dryRun: input.flag('dry-run'),
      mapIds: input.flag('map-ids') || FORMATS_WITH_OTHER_IDS.has(format),
      refused: async (refusal) => {
        if (rejects) await rejects.write(`${JSON.stringify(entryOf(refusal))}\n`);
        else told.tell(refusal);
      },
      progressed: (counted) => {
        soFar = counted;
        progress.show(file.done, counted.read);
      },
    });
    return { text: reportOf(summary), data: summary.toData(), partly: summary.refused > 0 };
  } catch (error) {
    if (!signal.aborted || !soFar) throw error;
    const text = `${reportOf(soFar)}\nStopped before the end of the file. The same command goes on.`;
    return { text, data: { ...soFar.toData(), stopped: true }, failed: true };
  } finally {
    progress.end();
    await rejects?.close();
  }
}

async function hashesOf(input: CommandInput): Promise<Omit<SourceOptions, 'now'>> {
  const [auth0, firebase] = [input.option('auth0-hashes'), input.option('firebase-hash')];
  return {
    auth0Hashes: auth0 === undefined ? undefined : await readAuth0Hashes(new InputFile(auth0).chunks()),
    firebaseHash: firebase === undefined ? undefined : readFirebaseHashConfig(await textOfFile(firebase)),
  };
}

/** The first refusals, on standard error. */
class ToldRefusals {
  private count = 0;

  tell({ line, problem }: Refusal): void {
    this.count += 1;
    if (this.count <= TOLD_MAX) process.stderr.write(`Line ${line}: ${problem.code}: ${problem.message}\n`);
  }
}

function entryOf({ line, problem }: Refusal): Readonly<Record<string, unknown>> {
  return { line, code: problem.code, message: problem.message };
}

function reportOf(summary: ImportSummary): string {
  const { dryRun, read, imported, skipped, refused, withoutPassword, weakHashes, unsaltedHashes } = summary;
  const { administrators } = summary;
  const reasons = Object.entries(summary.refusedBecause).map(([code, count]) => `${count} ${code}`);
  const done = dryRun ? 'would be imported' : 'imported';
  return [
    `${read} users read: ${imported} ${done}, ${skipped} there before, ${refused} refused.`,
    ...(reasons.length > 0 ? [`Refused: ${reasons.join(', ')}.`] : []),
    ...(administrators > 0 ? [`${administrators} of those imported are administrators.`] : []),
    ...(withoutPassword > 0 ? [`${withoutPassword} have no password yet: "forgot password" sets one.`] : []),
    ...(weakHashes > 0
      ? [`${weakHashes} have a hash that is guessed fast until they log in, ${unsaltedHashes} without salt.`]
      : []),
  ].join('\n');
}
