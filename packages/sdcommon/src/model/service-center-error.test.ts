import { describe, expect, it } from 'vitest';

import { errorTable } from './error-table.ts';
import { formatErrorText, ServiceCenterError } from './service-center-error.ts';

describe('errorTable', () => {
  const rows = Object.values(errorTable);

  it('has each code once, within the range of the protocol', () => {
    expect(new Set(rows.map(({ code }) => code)).size).toBe(rows.length);
    for (const { code, message } of rows) {
      expect(code).toMatch(/^[45]\d{5}$/);
      expect(message).not.toBe('');
    }
  });

  it.each([
    ['invalidParameters', '400001', 'Invalid parameter(s)'],
    ['serviceAlreadyExists', '400010', 'Micro-service already exists'],
    ['serviceNotExists', '400012', 'Micro-service does not exist'],
    ['deployedInstance', '400013', 'Micro-service has deployed instance(s)'],
    ['instanceNotExists', '400017', 'Instance does not exist'],
    ['tagNotExists', '400018', 'Tag does not exist'],
    ['serviceVersionNotExists', '400026', 'Micro-service version does not exist'],
    ['notEnoughQuota', '400100', 'Not enough quota'],
    ['internal', '500003', 'Internal server error'],
    ['unavailableBackend', '500011', 'Registry service is unavailable'],
  ] as const)('says for %s what clients know', (name, code, message) => {
    expect(errorTable[name]).toEqual({ code, message });
  });
});

describe('ServiceCenterError', () => {
  it('knows its code, its status and whose fault it is', () => {
    const theirs = new ServiceCenterError('serviceNotExists', 'service s1');
    const ours = new ServiceCenterError('unavailableBackend');
    const denied = new ServiceCenterError('unauthorized');

    expect(theirs).toMatchObject({ code: '400012', httpStatus: 400, isInternal: false });
    expect(ours).toMatchObject({ code: '500011', httpStatus: 500, isInternal: true });
    expect(denied).toMatchObject({ code: '401201', httpStatus: 401, isInternal: false });
  });

  it('reads as its message with the detail, and keeps the cause', () => {
    const cause = new Error('disk full');
    const error = new ServiceCenterError('unavailableBackend', 'write failed', { cause });

    expect(error.message).toBe('Registry service is unavailable(write failed)');
    expect(error).toMatchObject({ name: 'ServiceCenterError', detail: 'write failed', cause });
    expect(formatErrorText('text', '')).toBe('text');
  });

  it('is told from other errors by its name', () => {
    const error: unknown = new ServiceCenterError('tagNotExists');

    expect(ServiceCenterError.is(error)).toBe(true);
    expect(ServiceCenterError.is(error, 'tagNotExists')).toBe(true);
    expect(ServiceCenterError.is(error, 'ruleNotExists')).toBe(false);
    expect(ServiceCenterError.is(new Error('Tag does not exist'))).toBe(false);
    expect(ServiceCenterError.is(undefined)).toBe(false);
  });
});
