import { Cron } from 'croner';

/** Says when a job is due. */
export interface JobSchedule {
  /**
   * The next time the job is due.
   *
   * @param afterMs - wall time in milliseconds since 1970
   * @returns wall time in milliseconds; undefined when it is never due again
   */
  next(afterMs: number): number | undefined;
}

/**
 * The schedule of a cron line of five fields, in the machine's time zone.
 *
 * @throws Error when the line makes no sense
 */
export function cronSchedule(line: string): JobSchedule {
  let cron: Cron;
  try {
    // Without a function to call it only calculates: it has no timer.
    cron = new Cron(line);
  } catch (cause) {
    throw new Error(`'${line}' is no cron line of five fields such as 0 1 * * *`, { cause });
  }
  return { next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() };
}

/** Whether a text is a cron line that {@link cronSchedule} takes, so that a configuration can be refused at once. */
export function isCronLine(text: string): boolean {
  try {
    cronSchedule(text);
    return true;
  } catch {
    return false;
  }
}

/** A schedule that is due again and again after the same time. */
export function intervalSchedule(intervalMs: number): JobSchedule {
  return { next: (afterMs) => afterMs + intervalMs };
}
