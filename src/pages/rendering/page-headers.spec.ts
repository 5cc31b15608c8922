import { describe, expect, it } from '@jest/globals';
import { framing } from './page-headers.js';

const sourcesFor = (addresses: readonly string[]) => /frame-src (.*)$/.exec(framing(addresses)[1])?.[1];
const times = (count: number, address: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => address(index));

describe('The policy of a page that has others in frames', () => {
  it('allows these pages alone, each once', () => {
    const pages = ['https://a.example/out?sid=1', 'https://a.example/out?sid=2', 'https://b.example/x;y,z'];
    expect(sourcesFor(pages)).toBe('https://a.example/out https://b.example/x%3By%2Cz');
  });

  it('allows their sites where the pages are too many for a header', () => {
    expect(sourcesFor(times(200, (index) => `https://a.example/${index}/signed-out`))).toBe(
      'https://a.example',
    );
  });

  it('allows their schemes where the sites are, too', () => {
    expect(sourcesFor(times(200, (index) => `https://shop-${index}.example/`))).toBe('https:');
  });
});
