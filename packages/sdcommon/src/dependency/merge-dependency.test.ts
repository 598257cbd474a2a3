import { describe, expect, it } from 'vitest';

import { anyService } from '../model/dependency.ts';
import type { MicroServiceKey } from '../model/microservice.ts';
import { isSameDependencyKey, mergeDependency, type MergedDependency } from './merge-dependency.ts';

const price = keyOf('price');
const stock = keyOf('stock');
const mail = keyOf('mail');
const everything = keyOf(anyService, '');

describe('an addition', () => {
  it('appends what is new', () => {
    expect(add([price], [stock, price])).toEqual({
      created: [stock],
      deleted: [],
      providers: [stock, price],
    });
  });

  it('changes nothing when nothing is new', () => {
    expect(add([price, stock], [stock])).toEqual({
      created: [],
      deleted: [],
      providers: [price, stock],
    });
    expect(add([price], [])).toEqual({ created: [], deleted: [], providers: [price] });
  });

  it('replaces the rule of the same name with another version', () => {
    const newer = keyOf('price', '1.0.0-3.0.0');

    expect(add([price, stock], [newer])).toEqual({
      created: [newer],
      deleted: [price],
      providers: [newer, stock],
    });
  });

  it('counts equal entries once, whatever their alias', () => {
    const aliased = { ...price, alias: 'cost' };

    expect(add([], [price, aliased, price]).providers).toEqual([price]);
    expect(add([aliased], [price]).created).toEqual([]);
  });

  it('of every service replaces all rules', () => {
    expect(add([price, stock], [mail, everything])).toEqual({
      created: [everything],
      deleted: [price, stock],
      providers: [everything],
    });
  });

  it('to every service changes nothing', () => {
    expect(add([everything], [price])).toEqual({
      created: [],
      deleted: [],
      providers: [everything],
    });
    expect(add([everything], [everything])).toEqual({
      created: [],
      deleted: [],
      providers: [everything],
    });
  });
});

describe('an override', () => {
  it('keeps, creates and deletes by difference', () => {
    expect(override([price, stock], [stock, mail])).toEqual({
      created: [mail],
      deleted: [price],
      providers: [stock, mail],
    });
  });

  it('with nothing deletes everything', () => {
    expect(override([price, stock], [])).toEqual({
      created: [],
      deleted: [price, stock],
      providers: [],
    });
  });

  it('with another version is a deletion and a creation', () => {
    const newer = keyOf('price', '2.0.0+');

    expect(override([price], [newer])).toEqual({
      created: [newer],
      deleted: [price],
      providers: [newer],
    });
  });

  it('may name every service beside others, and forget it again', () => {
    expect(override([price], [price, everything])).toEqual({
      created: [everything],
      deleted: [],
      providers: [price, everything],
    });
    expect(override([price, everything], [price])).toEqual({
      created: [],
      deleted: [everything],
      providers: [price],
    });
  });
});

describe('isSameDependencyKey', () => {
  it.each([
    ['the alias', { alias: 'x' }, true],
    ['the tenant', { tenant: 'other/default' }, false],
    ['the environment', { environment: 'testing' }, false],
    ['the application', { appId: 'other' }, false],
    ['the name', { serviceName: 'prices' }, false],
    ['the version', { version: '1.0.0' }, false],
  ])('tells keys apart by %s as it should', (_what, change, isSame) => {
    expect(isSameDependencyKey(price, { ...price, ...change })).toBe(isSame);
  });

  it('takes every service of an environment for one, whatever its application', () => {
    expect(isSameDependencyKey(everything, { ...everything, appId: 'other' })).toBe(true);
    expect(isSameDependencyKey(everything, { ...everything, environment: 'testing' })).toBe(false);
  });
});

function add(
  stored: readonly MicroServiceKey[],
  providers: readonly MicroServiceKey[],
): MergedDependency {
  return mergeDependency(stored, { providers, override: false });
}

function override(
  stored: readonly MicroServiceKey[],
  providers: readonly MicroServiceKey[],
): MergedDependency {
  return mergeDependency(stored, { providers, override: true });
}

function keyOf(serviceName: string, version = '0.0.0+'): MicroServiceKey {
  return {
    tenant: 'default/default',
    environment: 'production',
    appId: 'shop',
    serviceName,
    alias: '',
    version,
  };
}
