import { usesEmbeddedDatabase } from '../config/uses-embedded-database.js';
import { prepareEmbeddedDatabase } from '../start/prepare-embedded-database.js';

// Most commands open it.
if (usesEmbeddedDatabase()) prepareEmbeddedDatabase();
// Before all that is decorated: what a bundle shares with the server's is loaded before the rest of it.
await import('reflect-metadata');
await import('./command-line.js');
