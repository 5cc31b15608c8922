import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const [INDEX, TESTING] = ['index.ts', 'testing/index.ts'].map((path) =>
  fileURLToPath(new URL(`../../src/${path}`, import.meta.url)),
) as [string, string];
const program = ts.createProgram([INDEX, TESTING], {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  experimentalDecorators: true,
  skipLibCheck: true,
});
const checker = program.getTypeChecker();

function exportsOf(path: string): ts.Symbol[] {
  const source = program.getSourceFile(path);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${path} exports nothing.`);
  return checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
}

describe('The public surface', () => {
  const symbols = exportsOf(INDEX);

  it('is found', () => {
    expect(symbols.length).toBeGreaterThan(100);
  });

  it('has a docstring on every export', () => {
    const undocumented = [...symbols, ...exportsOf(TESTING)].filter(
      (symbol) => symbol.getDocumentationComment(checker).length === 0,
    );
    expect(undocumented.map((symbol) => symbol.name)).toEqual([]);
  });
});
