import type { LogFields, Logger } from '@service-center/sdcommon';

/** Keeps what is logged. */
export class LogLines implements Logger {
  readonly lines: { readonly message: string; readonly fields: LogFields }[] = [];

  debug(fields: LogFields, message: string): void {
    this.lines.push({ message, fields });
  }

  info(fields: LogFields, message: string): void {
    this.lines.push({ message, fields });
  }

  warn(fields: LogFields, message: string): void {
    this.lines.push({ message, fields });
  }

  error(fields: LogFields, message: string): void {
    this.lines.push({ message, fields });
  }

  /** What was logged with a message. */
  of(message: string): readonly LogFields[] {
    return this.lines.filter((line) => line.message === message).map(({ fields }) => fields);
  }
}
