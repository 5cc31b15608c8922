import { join } from 'node:path';

/** Compilers of applications, as files for Node: the one that the project is built with, and the native one, which takes a sixth of the time. */
export const TYPESCRIPT_6 = join(process.cwd(), 'node_modules/typescript/bin/tsc');
export const TYPESCRIPT_7 = join(process.cwd(), 'node_modules/typescript-7/bin/tsc');
