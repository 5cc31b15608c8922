#!/usr/bin/env node
// The build puts a bundle in this file's place, which loads in half the time.
await import('./start/main.js');
