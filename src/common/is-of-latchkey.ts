const controllers = new WeakSet<object>();
const bodies = new WeakSet<object>();
/** What the compiler notes where a parameter has no class of its own. */
const WITHOUT_CLASS = new Set<unknown>([Object, String, Number, Boolean, Array, Promise, Function]);

/** Notes a controller of ours, and the classes of what its handlers take. */
export const rememberOwn: ClassDecorator = (controller) => {
  controllers.add(controller);
  const prototype = controller.prototype as object;
  for (const handler of Object.getOwnPropertyNames(prototype)) {
    const taken = Reflect.getMetadata('design:paramtypes', prototype, handler) as unknown[] | undefined;
    for (const type of taken ?? [])
      if (typeof type === 'function' && !WITHOUT_CLASS.has(type)) bodies.add(type);
  }
};

/** Whether it is a controller of Latchkey's, or extends one. */
export function isOwnController(controller: unknown): boolean {
  let type: unknown = controller;
  while (typeof type === 'function') {
    if (controllers.has(type)) return true;
    type = Object.getPrototypeOf(type);
  }
  return false;
}

/**
 * Whether a class is a controller of Latchkey's, or of what is sent to one: for guards and pipes of an application for all of its
 * routes, which are to leave Latchkey's alone.
 * @param type `context.getClass()` in a guard, `metadata.metatype` in a pipe
 */
export function isOfLatchkey(type: unknown): boolean {
  return isOwnController(type) || (typeof type === 'function' && bodies.has(type));
}
