#!/usr/bin/env node
// The build puts a bundle in this file's place, as in that of the server.
await import('./start.js');
