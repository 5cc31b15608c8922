/** What instances of the version before cannot live with, of one statement. */
const BREAKING: readonly [what: string, pattern: RegExp][] = [
  ['drops', /\bDROP\s+(TABLE|COLUMN|CONSTRAINT|DEFAULT|SCHEMA|TYPE|FUNCTION|VIEW|SEQUENCE)\b/i],
  ['renames', /\bRENAME\b/i],
  ['changes a type', /\bALTER\s+(COLUMN\s+)?\S+\s+(SET\s+DATA\s+)?TYPE\b/i],
  ['forbids null', /\bSET\s+NOT\s+NULL\b/i],
  [
    'asks for a value that the version before does not write',
    /\bADD\s+(COLUMN\s+)?(?!CONSTRAINT\b)(?=[^,;]*\bNOT\s+NULL\b)(?![^,;]*\b(DEFAULT|GENERATED)\b)/i,
  ],
  [
    'refuses rows that were good',
    /\bADD\s+(CONSTRAINT\s+\S+\s+)?(CHECK|FOREIGN\s+KEY|UNIQUE|EXCLUDE|PRIMARY\s+KEY)\b/i,
  ],
  ['refuses rows that were good', /\bCREATE\s+UNIQUE\s+INDEX\b/i],
  ['removes rows', /\b(TRUNCATE|DELETE\s+FROM)\b/i],
];

/** First line of a migration that is run once no instance of the version before is left: `-- contract: <why>`. */
const CONTRACT = /^-- contract: \S.{10,}$/m;

/**
 * What of a migration is no expansion.
 * @param sql the file
 */
export function contractionsOf(sql: string): string[] {
  if (CONTRACT.test(sql)) return [];
  const statements = sql.split('--> statement-breakpoint').map(withoutComments);
  const made = new Set(
    statements.flatMap(
      (statement) => /^CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\S+)/i.exec(statement)?.[1] ?? [],
    ),
  );
  return statements.flatMap((statement) => {
    const table = /^(?:ALTER\s+TABLE\s+|CREATE\s+UNIQUE\s+INDEX\s+\S+\s+ON\s+)(?:ONLY\s+)?("?[\w.]+"?)/i.exec(
      statement,
    )?.[1];
    // No instance of the version before knows a table that this migration makes.
    if (
      /^CREATE\s+(TABLE|(OR\s+REPLACE\s+)?FUNCTION|TRIGGER)\b/i.test(statement) ||
      (table && made.has(table))
    )
      return [];
    return BREAKING.filter(([, pattern]) => pattern.test(statement)).map(([what]) => `${what}: ${statement}`);
  });
}

function withoutComments(statement: string): string {
  return statement.replaceAll(/^\s*--.*$/gm, '').trim();
}
