/**
 * What an alarm is about: `BackendConnectionRefuse`, the store is away; `InternalError`, a request was answered with a
 * status of 500 or more (spec 05 §5.1).
 */
export type AlarmId = 'BackendConnectionRefuse' | 'InternalError';

/** An alarm as it stands. */
export interface Alarm {
  readonly id: AlarmId;
  readonly status: 'ACTIVATED' | 'CLEARED';
  /** What happened last. */
  readonly detail: string;
}

/** The alarms of this server: one for each cause, kept in memory until an operator takes note (spec 05 §5.1). */
export class Alarms {
  readonly #alarms = new Map<AlarmId, Alarm>();

  /** Raises an alarm, in place of an older one of the same cause. */
  raise(id: AlarmId, detail: string): void {
    this.#alarms.set(id, { id, status: 'ACTIVATED', detail });
  }

  /** Says that the cause is gone; the alarm stays to be seen. Nothing happens when it was not raised. */
  clear(id: AlarmId): void {
    const alarm = this.#alarms.get(id);
    if (alarm !== undefined) this.#alarms.set(id, { ...alarm, status: 'CLEARED' });
  }

  /** All alarms, in the order in which their causes first came up. */
  list(): readonly Alarm[] {
    return [...this.#alarms.values()];
  }

  /** Forgets all alarms. */
  deleteAll(): void {
    this.#alarms.clear();
  }
}
