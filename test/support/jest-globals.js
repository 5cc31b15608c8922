// Plain JavaScript: what `@jest/globals` is to modules that outlive a test file.

/** @typedef {Record<string, Function & Record<PropertyKey, unknown>>} Globals */

/** @type {Globals | undefined} */
let current;

/** @param {Globals | undefined} globals those of the test file that runs now */
export function setJestGlobals(globals) {
  current = globals;
}

/** @param {string} name */
function delegate(name) {
  const target = () => {
    if (!current?.[name]) throw new Error(`There is no ${name} outside of a test file that runs.`);
    return current[name];
  };
  return new Proxy(() => {}, {
    apply: (_target, _self, parameters) => Reflect.apply(target(), undefined, parameters),
    get: (_target, property) => target()[property],
  });
}

export const afterAll = delegate('afterAll');
export const afterEach = delegate('afterEach');
export const beforeAll = delegate('beforeAll');
export const beforeEach = delegate('beforeEach');
export const describe = delegate('describe');
export const expect = delegate('expect');
export const it = delegate('it');
export const jest = delegate('jest');
