import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { ConfigurationError } from '../../config/configuration-error.js';
import { EXIT } from './exit-code.js';
import { onOneLine, printable, printableJson } from './printable.js';

/** How a command ended that was not carried out. */
export interface CommandFailure {
  readonly exitCode: number;
  /** For standard error. */
  readonly text: string;
}

/**
 * @param explain lines for what is no error of a service: settings, stores that do not answer
 * @param json whether a program reads it: `{code, detail}`
 */
export function commandFailure(
  error: unknown,
  explain: (error: unknown) => readonly string[],
  json: boolean,
): CommandFailure {
  if (error instanceof LatchkeyError) {
    const exitCode = error.code === 'NOT_FOUND' ? EXIT.notFound : EXIT.failed;
    const detail = onOneLine(withFields(error));
    return { exitCode, text: json ? asJson(error.code, detail) : `${detail}\n` };
  }
  const lines = explain(error).map((line) => printable(line));
  const text = json
    ? asJson(codeOf(error, lines), lines.map((line) => onOneLine(line)).join(' '))
    : lines.map((line) => `${line}\n`).join('');
  return { exitCode: EXIT.failed, text };
}

/** For what is no command, or lacks something. @param usage what would be right, in lines of its own */
export function wrongUsage(problem: string, usage: string, json: boolean): CommandFailure {
  return { exitCode: EXIT.usage, text: json ? asJson('USAGE', problem) : `${problem}\n${usage}` };
}

/** For what was not confirmed. */
export function declined(json: boolean): CommandFailure {
  const detail = 'Nothing was done.';
  return { exitCode: EXIT.failed, text: json ? asJson('DECLINED', detail) : `${detail}\n` };
}

function asJson(code: string, detail: string): string {
  return `${printableJson({ code, detail }, 0)}\n`;
}

/** Each thing once: a message may say what is said of its field, and most of those begin with its name. */
function withFields({ code, message, fields = [] }: LatchkeyError): string {
  const told = fields
    .filter((field) => !message.includes(field.message))
    .map((field) => `${field.message.startsWith(field.field) ? '' : `${field.field}: `}${field.message}.`);
  // Of a request, which no operator has made, that it holds fields that are not valid.
  return (code === 'VALIDATION_FAILED' && told.length > 0 ? told : [message, ...told]).join(' ');
}

/** What was not foreseen is told with a stack. */
function codeOf(error: unknown, lines: readonly string[]): string {
  if (error instanceof ConfigurationError) return 'CONFIGURATION_INVALID';
  return lines.some((line) => line.includes('\n')) ? 'INTERNAL' : 'UNAVAILABLE';
}
