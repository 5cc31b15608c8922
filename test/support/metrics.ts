/** The values of Prometheus' text, by name with labels as they are written: `latchkey_logins_total{outcome="succeeded"}`. */
export type Metrics = ReadonlyMap<string, number>;

export function metricsIn(text: string): Metrics {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

export async function readMetrics(url: string): Promise<Metrics> {
  return metricsIn(await (await fetch(`${url}/metrics`)).text());
}
