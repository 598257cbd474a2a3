import { FieldReader, ServiceCenterError } from '@service-center/sdcommon';
import { describe, expect, it } from 'vitest';

import { failureReply, toServiceCenterError } from './failure-reply.ts';

describe('toServiceCenterError', () => {
  it('keeps an error of the registry', () => {
    const error = new ServiceCenterError('serviceNotExists', 'x');
    expect(toServiceCenterError(error)).toBe(error);
  });

  it('blames the client for JSON of the wrong shape', () => {
    let failure: unknown;
    try {
      FieldReader.parse('[]');
    } catch (error) {
      failure = error;
    }
    expect(toServiceCenterError(failure).errorName).toBe('invalidParameters');
  });

  it('keeps the stack of other errors to itself', () => {
    const reply = failureReply(toServiceCenterError(new TypeError('x is not a function')));
    expect(reply.status).toBe(500);
    expect(reply.body).toBe(
      '{"errorCode":"500003","errorMessage":"Internal server error","detail":"x is not a function"}',
    );
  });

  it('answers for a failure that is no error', () => {
    expect(toServiceCenterError('text').code).toBe('500003');
  });
});
