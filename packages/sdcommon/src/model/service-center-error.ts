import { errorTable, type ErrorName } from './error-table.ts';

/**
 * The one error that crosses package boundaries. Its name picks the row of {@link errorTable}; policy is decided by
 * {@link ServiceCenterError.is} or {@link ServiceCenterError.isInternal}, never by text.
 */
export class ServiceCenterError extends Error {
  readonly errorName: ErrorName;
  /** What was wrong in this case; `''` for nothing to add. */
  readonly detail: string;

  /**
   * @param errorName - the row of the error table
   * @param detail - names the field, what is wrong with it and the rule, or the missing object
   * @param options - the cause, when another error led here
   */
  constructor(errorName: ErrorName, detail = '', options?: ErrorOptions) {
    super(formatErrorText(errorTable[errorName].message, detail), options);
    this.name = 'ServiceCenterError';
    this.errorName = errorName;
    this.detail = detail;
  }

  /** The wire's code, such as `400012`. */
  get code(): string {
    return errorTable[this.errorName].code;
  }

  /** The HTTP status that the code implies. */
  get httpStatus(): number {
    return Number(this.code.slice(0, 3));
  }

  /** Whether the fault is the registry's, not the caller's. */
  get isInternal(): boolean {
    return this.httpStatus >= 500;
  }

  /** Whether a value is a ServiceCenterError, and of the given name when one is given. */
  static is(value: unknown, errorName?: ErrorName): value is ServiceCenterError {
    return (
      value instanceof ServiceCenterError &&
      (errorName === undefined || value.errorName === errorName)
    );
  }
}

/** `message(detail)`, or the message alone; the form of `errMessage` in batch answers (spec 01 §5.1). */
export function formatErrorText(message: string, detail: string): string {
  return detail === '' ? message : `${message}(${detail})`;
}
