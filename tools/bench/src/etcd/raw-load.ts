import { Etcd3 } from 'etcd3';

/** Does one thing once. @param turn - counts from 0 over all who work */
export type RawWork = (turn: number) => Promise<void>;

/**
 * Runs a plain client of etcd as a process of its own: does something over and over, many at a time, for as long as the
 * command line says, and prints how often it was done in a second.
 *
 * @param prepare - makes what is done, before time is taken
 */
export async function runRawLoad(prepare: (client: Etcd3) => Promise<RawWork>): Promise<void> {
  const [url = '', concurrency = '', seconds = ''] = process.argv.slice(2);
  const client = new Etcd3({ hosts: url });
  try {
    const work = await prepare(client);
    const startedMs = performance.now();
    const endMs = startedMs + Number(seconds) * 1000;
    let turn = 0;
    const workUntilEnd = async (): Promise<void> => {
      while (performance.now() < endMs) await work(turn++);
    };
    await Promise.all(Array.from({ length: Number(concurrency) }, workUntilEnd));
    process.stdout.write(String(turn / ((performance.now() - startedMs) / 1000)));
  } finally {
    client.close();
  }
}
