import pino, { type DestinationStream, type Logger } from 'pino';

import { toTextLine } from './text-lines.ts';

const standardErrorDescriptor = 2;

/** What to log and where. */
export interface ServerLogOptions {
  readonly level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
  readonly format: 'auto' | 'text' | 'json';
  /** An absolute path; undefined for standard error. */
  readonly file: string | undefined;
  /** Whether standard error is shown to somebody. */
  readonly isTerminal: boolean;
  /** What every line carries. Default: nothing more. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/**
 * The log of the process. Lines are written before the call returns, so none is lost however the process ends.
 */
export class ServerLog {
  readonly logger: Logger;
  readonly #close: () => void;

  private constructor(logger: Logger, close: () => void) {
    this.logger = logger;
    this.#close = close;
  }

  /** @throws Error of the file system when the file cannot be opened */
  static async open(options: ServerLogOptions): Promise<ServerLog> {
    const output = pino.destination({
      dest: options.file ?? standardErrorDescriptor,
      sync: true,
    });
    let isFailing = false;
    output.on('error', (error: Error) => {
      // A full disk or a closed pipe must not take the registry down with its log. Said once, where it still may be seen.
      if (isFailing || options.file === undefined) return;
      isFailing = true;
      process.stderr.write(`log file ${options.file} cannot be written: ${error.message}\n`);
    });
    const isPretty = options.format === 'auto' && options.file === undefined && options.isTerminal;
    const stream = isPretty ? await prettify(output) : formatted(options.format, output);
    const logger = pino(
      {
        level: options.level.toLowerCase(),
        base: options.fields ?? null,
        messageKey: 'message',
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label.toUpperCase() }) },
        serializers: { err: pino.stdSerializers.err },
      },
      stream,
    );
    return new ServerLog(logger, () => {
      if (options.file !== undefined) output.end();
    });
  }

  /** Lets go of the file. */
  close(): void {
    this.#close();
  }
}

function formatted(
  format: ServerLogOptions['format'],
  output: DestinationStream,
): DestinationStream {
  if (format !== 'text') return output;
  return {
    write: (json) => {
      output.write(toTextLine(json));
    },
  };
}

/** Only a terminal needs it, so only a terminal waits for it to load. */
async function prettify(output: DestinationStream): Promise<DestinationStream> {
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({
    colorize: true,
    messageKey: 'message',
    errorLikeObjectKeys: ['err'],
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  return {
    write: (json) => {
      output.write(pretty(JSON.parse(json)));
    },
  };
}
