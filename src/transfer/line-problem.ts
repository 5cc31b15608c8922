/** Why a line, or a user of another system's file, is refused. Codes stay as they are: scripts are built on them. */
export type LineProblemCode =
  | 'LINE_TOO_LONG'
  | 'NOT_UTF8'
  | 'NOT_JSON'
  | 'NOT_A_USER'
  | 'MEMBER_UNKNOWN'
  | 'MEMBER_INVALID'
  | 'EMAIL_INVALID'
  | 'ID_INVALID'
  | 'HASH_MALFORMED'
  | 'HASH_TOO_COSTLY'
  | 'HASH_UNSUPPORTED'
  | 'ROLE_UNKNOWN'
  | 'FIELD_INVALID'
  | 'FIELD_TAKEN'
  | 'EMAIL_TAKEN'
  | 'ID_TAKEN';

/** A line that is refused. Its message is for the operator; neither holds the line, a hash or another value of it. */
export class LineProblem extends Error {
  constructor(
    readonly code: LineProblemCode,
    message: string,
  ) {
    super(message);
    this.name = 'LineProblem';
  }
}
