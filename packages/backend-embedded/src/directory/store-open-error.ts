/** Why a directory is not opened. */
export type StoreOpenErrorReason =
  /** It holds files, but no store of ours. */
  | 'foreign'
  /** A newer version of this software wrote it. */
  | 'newer'
  /** What it holds is not complete, or not what was written. */
  | 'damaged'
  /** Another store object, of this process or another one, has it open. */
  | 'inUse'
  /** This process may not read or write it. */
  | 'noAccess'
  /** The path leads to something that is no directory. */
  | 'notDirectory'
  /** It is a backup, which has to be restored before it is used; or no backup where one is expected. */
  | 'backup'
  /** It is not empty, where an empty one is needed. */
  | 'notEmpty'
  /** It cannot be read or written for another reason, such as a full disk. */
  | 'failed';

/** A directory that cannot be opened as a store. Nothing in it was changed. The message is one line. */
export class StoreOpenError extends Error {
  readonly reason: StoreOpenErrorReason;
  readonly directory: string;
  /** The message without the directory. */
  readonly explanation: string;

  constructor(
    reason: StoreOpenErrorReason,
    directory: string,
    explanation: string,
    options?: ErrorOptions,
  ) {
    super(`data directory ${directory}: ${explanation}`, options);
    this.name = 'StoreOpenError';
    this.reason = reason;
    this.directory = directory;
    this.explanation = explanation;
  }
}
