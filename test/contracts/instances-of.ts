/** An implementation on each of several connections to the same store. */
export function instancesOf<Connection, Port>(
  connections: readonly Connection[],
  on: (connection: Connection) => Port,
): readonly [Port, ...Port[]] {
  const [first, ...others] = connections.map(on);
  if (first === undefined) throw new Error('There is no connection.');
  return [first, ...others];
}
