type Node = Readonly<Record<string, unknown>>;

/** All objects of a configuration, itself among them, the outer ones first. */
export function objectsIn(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Node, ...Object.values(value).flatMap(objectsIn)];
}

/** Those whose type is the message of this name, as Envoy's `@type` says. */
export function typesIn(value: unknown, name: string): Node[] {
  return objectsIn(value).filter((object) => String(object['@type']).endsWith(`.${name}`));
}

/** The texts that members of this name have anywhere. */
export function textsIn(value: unknown, name: string): string[] {
  return objectsIn(value).flatMap((object) => {
    const text = object[name];
    return typeof text === 'string' ? [text] : [];
  });
}
