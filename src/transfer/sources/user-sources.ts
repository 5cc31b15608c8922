import { type FoundUser, jsonLines } from '../reading/json-lines.js';
import { type Auth0Hashes, auth0Users } from './auth0.js';
import { type FirebaseHashConfig, firebaseUsers } from './firebase.js';
import { keycloakUsers } from './keycloak.js';
import { supabaseUsers } from './supabase.js';

/** What else than the file is known. */
export interface SourceOptions {
  /** Milliseconds. */
  readonly now: number;
  readonly auth0Hashes?: Auth0Hashes | undefined;
  readonly firebaseHash?: FirebaseHashConfig | undefined;
}

type UserSource = (chunks: AsyncIterable<Buffer>, options: SourceOptions) => AsyncIterable<FoundUser>;

/** Whose file it is, by the name of the format. */
export const USER_SOURCES: ReadonlyMap<string, UserSource> = new Map<string, UserSource>([
  ['latchkey', (chunks) => jsonLines(chunks)],
  ['auth0', (chunks, { auth0Hashes }) => auth0Users(chunks, auth0Hashes)],
  ['firebase', (chunks, { firebaseHash }) => firebaseUsers(chunks, firebaseHash)],
  ['supabase', (chunks, { now }) => supabaseUsers(chunks, now)],
  ['keycloak', (chunks) => keycloakUsers(chunks)],
]);

/** Whose ids are no UUIDs, so that they are always mapped. */
export const FORMATS_WITH_OTHER_IDS: ReadonlySet<string> = new Set(['auth0', 'firebase']);
