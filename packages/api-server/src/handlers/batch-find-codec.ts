import type { BatchFindAnswer, BatchFindPart, BatchFindRequest } from '@service-center/registry';
import {
  encodeError,
  JsonWriter,
  readMicroServiceKey,
  ServiceCenterError,
  type FieldReader,
} from '@service-center/sdcommon';

import { readHeartbeat } from './instance-handlers.ts';

/**
 * What the answers of one request may take together, bytes. A body of 2 MiB has room for tens of thousands of elements,
 * each of which may be answered with thousands of instances.
 */
const maxAnswerBytes = 256 * 1024 * 1024;

/** Reads what a batch asks for. @throws JsonShapeError */
export function readBatchFind(
  fields: FieldReader,
): Pick<BatchFindRequest, 'instances' | 'services'> {
  return {
    services: fields.structList('services', (element) => ({
      service: element.struct('service', readMicroServiceKey),
      rev: element.text('rev'),
    })),
    instances: fields.structList('instances', (element) => ({
      instance: element.struct('instance', readHeartbeat),
      rev: element.text('rev'),
    })),
  };
}

/**
 * Encodes the answer to a batch (spec 04 §1.11).
 *
 * @throws ServiceCenterError `invalidParameters` when it would be too large to hold
 */
export function encodeBatchFind({ services, instances }: BatchFindAnswer): string {
  let bytes = 0;
  for (const { answer } of services?.updated ?? []) bytes += answer.body.length;
  if (bytes > maxAnswerBytes) {
    throw new ServiceCenterError(
      'invalidParameters',
      `the answer would take more than ${maxAnswerBytes} bytes: ask for fewer services at once`,
    );
  }
  return new JsonWriter()
    .struct('services', services, (part) =>
      encodePart(part, ({ body }) => body.toString().slice(1, -1)),
    )
    .struct('instances', instances, (part) =>
      encodePart(part, ({ record }) => `"instances":[${record.encoded}]`),
    )
    .end();
}

function encodePart<A extends { readonly revision: string }>(
  part: BatchFindPart<A>,
  encodeMembers: (answer: A) => string,
): string {
  const writer = new JsonWriter().structList('failed', part.failed, ({ indexes, error }) =>
    new JsonWriter()
      .keep('indexes', JSON.stringify(indexes))
      .keep('error', encodeError(error))
      .end(),
  );
  if (part.notModified.length > 0) writer.keep('notModified', JSON.stringify(part.notModified));
  return writer
    .structList('updated', part.updated, ({ index, answer }) => {
      const members = encodeMembers(answer);
      const rest = members === '' ? '' : `,${members}`;
      return `{"index":${index},"rev":"${answer.revision}"${rest}}`;
    })
    .end();
}
