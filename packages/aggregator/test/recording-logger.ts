import type { LogFields, Logger } from '@service-center/sdcommon';

/** One line of a {@link RecordingLogger}. */
export interface LogLine {
  readonly level: keyof Logger;
  readonly fields: LogFields;
  readonly message: string;
}

/** Keeps what is logged, for tests to look at. */
export class RecordingLogger implements Logger {
  readonly lines: LogLine[] = [];

  debug(fields: LogFields, message: string): void {
    this.lines.push({ level: 'debug', fields, message });
  }

  info(fields: LogFields, message: string): void {
    this.lines.push({ level: 'info', fields, message });
  }

  warn(fields: LogFields, message: string): void {
    this.lines.push({ level: 'warn', fields, message });
  }

  error(fields: LogFields, message: string): void {
    this.lines.push({ level: 'error', fields, message });
  }

  /** The messages of one level. */
  messages(level: keyof Logger): readonly string[] {
    return this.lines.filter((line) => line.level === level).map(({ message }) => message);
  }
}
