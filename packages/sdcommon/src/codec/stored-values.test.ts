import { describe, expect, it } from 'vitest';

import { ServiceCenterError } from '../model/service-center-error.ts';
import { encodeConsumerDependency, encodeMicroServiceDependency } from './dependency-codec.ts';
import { readConsumerDependency, readMicroServiceDependency } from './dependency-codec.ts';
import { encodeError } from './error-codec.ts';
import { FieldReader } from './field-reader.ts';
import { encodeMicroService, readMicroService } from './microservice-codec.ts';
import {
  encodeMicroServiceInstance,
  readMicroServiceInstance,
} from './microservice-instance-codec.ts';
import { encodeWatchInstanceEvent } from './watch-instance-event-codec.ts';

describe('values of the store', () => {
  it.each([
    [
      'a service',
      '{"serviceId":"24b1","appId":"shop","serviceName":"cart","version":"1.2.0","level":"BACK","schemas":["cart-api"],"status":"UP","properties":{"allowCrossApp":"true"},"timestamp":"1700000000","modTimestamp":"1700000000","environment":"production","framework":{"name":"demo","version":"3.0"}}',
      (text: string) => encodeMicroService(readMicroService(FieldReader.parse(text))),
    ],
    [
      'a service with every member',
      '{"serviceId":"s","appId":"a","serviceName":"n","version":"1","description":"d","level":"FRONT","schemas":["x"],"paths":[{"path":"/p","property":{"a":"b"}},{}],"status":"DOWN","properties":{"p":"q"},"timestamp":"1","providers":[{"tenant":"d/p","environment":"testing","appId":"a","serviceName":"m","alias":"l","version":"1+"}],"alias":"al","LBStrategy":{"k":"v"},"modTimestamp":"2","environment":"testing","registerBy":"SDK","framework":{"name":"f"}}',
      (text: string) => encodeMicroService(readMicroService(FieldReader.parse(text))),
    ],
    [
      'an instance',
      '{"instanceId":"9f0c","serviceId":"24b1","endpoints":["rest://10.0.0.7:8080"],"hostName":"node-7","status":"UP","healthCheck":{"mode":"push","interval":30,"times":3},"timestamp":"1700000005","modTimestamp":"1700000005","version":"1.2.0"}',
      (text: string) =>
        encodeMicroServiceInstance(readMicroServiceInstance(FieldReader.parse(text))),
    ],
    [
      'an instance with every member',
      '{"instanceId":"i","serviceId":"s","endpoints":["a","b"],"hostName":"h","status":"UP","properties":{"p":"q"},"healthCheck":{"mode":"pull","port":-1,"interval":1,"times":2,"url":"/h"},"timestamp":"1","dataCenterInfo":{"name":"n","region":"r","availableZone":"z"},"modTimestamp":"2","version":"1"}',
      (text: string) =>
        encodeMicroServiceInstance(readMicroServiceInstance(FieldReader.parse(text))),
    ],
    [
      'an empty health check',
      '{"healthCheck":{}}',
      (text: string) =>
        encodeMicroServiceInstance(readMicroServiceInstance(FieldReader.parse(text))),
    ],
    [
      'a queued dependency',
      '{"consumer":{"tenant":"default/default","environment":"production","appId":"shop","serviceName":"cart","version":"1.2.0"},"override":true}',
      (text: string) => encodeConsumerDependency(readConsumerDependency(FieldReader.parse(text))),
    ],
    [
      'a dependency rule',
      '{"Dependency":[{"tenant":"default/default","environment":"production","appId":"shop","serviceName":"price","version":"0.0.0+"}]}',
      (text: string) =>
        encodeMicroServiceDependency(readMicroServiceDependency(FieldReader.parse(text))),
    ],
  ])('keep %s byte for byte', (_name, text, copy) => {
    expect(copy(text)).toBe(text);
  });

  it('are read in the forms of older servers', () => {
    const queued = readConsumerDependency(
      FieldReader.parse(
        '{"consumer":{"tenant":"d/p","project":"p","appId":"a","serviceName":"s","version":"1"},"providers":null}',
      ),
    );
    expect(queued).toMatchObject({ consumer: { serviceName: 's' }, providers: [] });

    const rule = readMicroServiceDependency(FieldReader.parse('{"Dependency":null}'));
    expect(rule).toEqual({ Dependency: [] });
  });
});

describe('encodeError', () => {
  it('answers code, message and detail without blanks', () => {
    const error = new ServiceCenterError('serviceNotExists', 'Service <x> does not exist.');

    expect(encodeError(error)).toBe(
      '{"errorCode":"400012","errorMessage":"Micro-service does not exist","detail":"Service \\u003cx\\u003e does not exist."}',
    );
  });

  it('leaves out an empty detail', () => {
    expect(encodeError(new ServiceCenterError('internal'))).toBe(
      '{"errorCode":"500003","errorMessage":"Internal server error"}',
    );
  });
});

describe('encodeWatchInstanceEvent', () => {
  const key = {
    tenant: 'default/default',
    environment: 'production',
    appId: 'shop',
    serviceName: 'cart',
    alias: '',
    version: '1.0.0',
  };

  it('carries the instance as it is encoded already', () => {
    expect(encodeWatchInstanceEvent('UPDATE', key, '{"instanceId":"i1"}')).toBe(
      '{"action":"UPDATE","key":{"tenant":"default/default","environment":"production","appId":"shop","serviceName":"cart","version":"1.0.0"},"instance":{"instanceId":"i1"}}',
    );
  });

  it('has no instance in EXPIRE', () => {
    expect(encodeWatchInstanceEvent('EXPIRE', key, undefined)).not.toContain('instance');
  });
});
