// Before all that is decorated: what a bundle shares with the server's is loaded before the rest of it.
await import('reflect-metadata');
await import('./command-line.js');
