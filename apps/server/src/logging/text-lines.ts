import { z } from 'zod';

const logEvent = z.looseObject({
  time: z.string(),
  level: z.string(),
  message: z.string().default(''),
});

/**
 * Turns an event as JSON into the registry's text line: time, level, place in the source, message and everything else
 * as JSON, separated by tabs (spec 05 §10). The place stays `-`: finding it out costs more than writing the line.
 * Line breaks are escaped, so one event stays one line.
 */
export function toTextLine(json: string): string {
  const { time, level, message, ...rest } = logEvent.parse(JSON.parse(json));
  const text = message.replaceAll(/[\t\r\n]/g, (character) =>
    JSON.stringify(character).slice(1, -1),
  );
  return `${time}\t${level}\t-\t${text}\t${JSON.stringify(rest)}\n`;
}
