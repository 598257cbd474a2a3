import { describe, expect, it } from 'vitest';

import { sampleInstance } from '../testing/samples/sample-instance.ts';
import { sampleService } from '../testing/samples/sample-service.ts';
import { FieldReader } from './field-reader.ts';
import { encodeMicroServiceInstance } from './microservice-instance-codec.ts';
import { encodeMicroService } from './microservice-codec.ts';
import { encodeRegistryChange, readRegistryChange } from './registry-change-codec.ts';

const key = {
  tenant: 'd/p',
  environment: '',
  appId: 'shop',
  serviceName: 'cart',
  alias: 'shop:cart',
  version: '1.0.0',
};

describe('a registry change', () => {
  it('is read as it was encoded', () => {
    const service = sampleService();
    const instance = sampleInstance();

    const ofService = encodeRegistryChange(
      'CREATE',
      key,
      'service',
      encodeMicroService(service),
      'log.1',
    );
    const ofInstance = encodeRegistryChange(
      'INIT',
      key,
      'instance',
      encodeMicroServiceInstance(instance),
      undefined,
    );

    expect(readRegistryChange(FieldReader.parse(ofService))).toEqual({
      action: 'CREATE',
      key,
      service,
      position: 'log.1',
    });
    expect(readRegistryChange(FieldReader.parse(ofInstance))).toEqual({
      action: 'INIT',
      key,
      instance,
    });
  });

  it.each([
    ['{"action":"EXPIRE","key":{},"service":{}}', "'action' must be one of"],
    ['{"action":"INIT","service":{}}', "'key' must be there"],
    ['{"action":"INIT","key":{}}', "either 'service' or 'instance'"],
    ['{"action":"INIT","key":{},"service":{},"instance":{}}', "either 'service' or 'instance'"],
  ])('is refused when it is %s', (text, problem) => {
    expect(() => readRegistryChange(FieldReader.parse(text))).toThrow(problem);
  });
});
