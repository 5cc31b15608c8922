import { fileURLToPath } from 'node:url';

export function protoPath(name: string): string {
  return fileURLToPath(new URL(`../../proto/${name}.proto`, import.meta.url));
}
