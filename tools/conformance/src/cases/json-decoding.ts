import type { ConformanceCase } from '../case/case.ts';
import { absent, anything, like, partial } from '../case/pattern.ts';
import { done, get, json, post, refused, sendRaw } from '../case/steps.ts';
import { service } from './setup.ts';

const registered = json({ serviceId: anything });
const brokenTexts: readonly (readonly [string, string])[] = [
  ['an empty body', ''],
  ['blanks', '  \n '],
  ['a cut text', '{"service":'],
  ['single quotes', "{'service':{}}"],
  ['a comma too many', '{"service":{"serviceName":"s",}}'],
  ['a word after the end', '{"service":{"serviceName":"s"}} x'],
  ['two values', '{"service":{"serviceName":"s"}}{}'],
  ['a comment', '/* c */{"service":{"serviceName":"s"}}'],
  ['a byte order mark', '\ufeff{"service":{"serviceName":"s"}}'],
  ['an array', '[]'],
  ['a text', '"x"'],
  ['a number', '12'],
  ['true', 'true'],
  ['null', 'null'],
  ['an empty object', '{}'],
  ['a broken escape', String.raw`{"service":{"serviceName":"s","description":"\x"}}`],
  ['a control character in a text', '{"service":{"serviceName":"s","description":"a\u0001b"}}'],
  ['a number with a leading zero', '{"service":{"serviceName":"s"},"x":01}'],
  ['no value', '{"service":{"serviceName":"s"},"x":NaN}'],
  ['100,000 open brackets', '['.repeat(100_000)],
  ['100,000 open objects', '{"service":'.repeat(20_000)],
];

const writes: readonly (readonly [string, string])[] = [
  ['POST', 'R/microservices/x/tags'],
  ['PUT', 'R/microservices/x/properties'],
  ['POST', 'R/microservices/x/rules'],
  ['PUT', 'R/microservices/x/rules/r'],
  ['PUT', 'R/microservices/x/schemas/a'],
  ['POST', 'R/microservices/x/schemas'],
  ['POST', 'R/microservices/x/instances'],
  ['PUT', 'R/microservices/x/instances/i/properties'],
  ['PUT', 'R/heartbeats'],
  ['POST', 'R/instances/action?type=query'],
  ['PUT', 'R/instances/status'],
  ['POST', 'R/dependencies'],
  ['PUT', 'R/dependencies'],
  ['DELETE', 'R/microservices'],
];

const instanceRoute = /instances|heartbeats/;

/** How bodies are read (spec 01 §2.1). */
export const jsonDecodingCases: readonly ConformanceCase[] = [
  ...brokenTexts.map(([title, text]): ConformanceCase => ({
    route: 'json-decoding',
    title: `${title} is refused`,
    spec: '01 §2.1',
    steps: [
      sendRaw('POST', 'R/microservices', { kind: 'raw', text }, refused(400001)),
      get('R/microservices', json({})),
    ],
  })),
  ...writes.flatMap(([method, path]): ConformanceCase[] =>
    [
      ['a cut text', '{'],
      ['an empty body', ''],
      ['a text', '"x"'],
    ].map(([title = '', text = '']) => ({
      route: 'json-decoding',
      title: `${method} ${path} refuses ${title}`,
      spec: '01 §2.1',
      steps: [
        sendRaw(
          method,
          path,
          { kind: 'raw', text },
          instanceRoute.test(path) && !path.endsWith('status')
            ? refused(400001, 'Unmarshal error')
            : refused(400001),
        ),
      ],
    })),
  ),
  {
    route: 'json-decoding',
    title: 'names match in any letter case',
    spec: '01 §2.1',
    steps: [
      post(
        'R/microservices',
        { SERVICE: { ServiceName: 'jc', APPID: 'app', Version: '2.0.0', DESCRIPTION: 'd' } },
        registered,
        { capture: { s: 'serviceId' } },
      ),
      get(
        'R/microservices/${s}',
        json({
          service: partial({ serviceName: 'jc', appId: 'app', version: '2.0.0', description: 'd' }),
        }),
      ),
    ],
  },
  {
    route: 'json-decoding',
    title: 'of a repeated name the last value counts',
    spec: '01 §2.1',
    steps: [
      sendRaw(
        'POST',
        'R/microservices',
        { kind: 'raw', text: '{"service":{"serviceName":"first","serviceName":"last"}}' },
        registered,
        { capture: { s: 'serviceId' } },
      ),
      get('R/microservices/${s}', json({ service: partial({ serviceName: 'last' }) })),
    ],
  },
  {
    route: 'json-decoding',
    title: 'unknown names are ignored, null is as nothing',
    spec: '01 §2.1',
    steps: [
      post(
        'R/microservices',
        {
          service: {
            serviceName: 's',
            appId: null,
            version: null,
            level: null,
            schemas: null,
            properties: null,
            framework: null,
            nope: 1,
            more: { a: [1] },
          },
          tags: null,
          rules: null,
          instances: null,
          other: true,
        },
        registered,
        { capture: { s: 'serviceId' } },
      ),
      get(
        'R/microservices/${s}',
        json({
          service: partial({
            appId: 'default',
            version: '0.0.1',
            level: 'BACK',
            framework: absent,
            schemas: absent,
          }),
        }),
      ),
    ],
  },
  {
    route: 'json-decoding',
    title: 'names that an object of JavaScript has by itself are names like any other',
    spec: '01 §2.1',
    steps: [
      sendRaw(
        'POST',
        'R/microservices',
        {
          kind: 'raw',
          text: '{"service":{"serviceName":"s","properties":{"__proto__":"a","constructor":"b","toString":"c"}}}',
        },
        registered,
        { capture: { s: 'serviceId' } },
      ),
      get('R/microservices/${s}', {
        status: 200,
        body: {
          kind: 'text',
          is: /"properties":\{"__proto__":"a","constructor":"b","toString":"c"\}/,
        },
      }),
    ],
  },
  {
    route: 'json-decoding',
    title: 'escapes and characters of every plane come back',
    spec: '01 §2.1',
    steps: [
      sendRaw(
        'POST',
        'R/microservices',
        {
          kind: 'raw',
          text: String.raw`{"service":{"serviceName":"s","description":"a\u003cb\u003e&\"\\\/\u00e9\ud83d\ude00\t"}}`,
        },
        registered,
        { capture: { s: 'serviceId' } },
      ),
      get('R/microservices/${s}', json({ service: partial({ description: 'a<b>&"\\/é😀\t' }) })),
    ],
  },
  {
    route: 'json-decoding',
    title: 'half a surrogate pair and broken UTF-8 become the replacement character',
    spec: '01 §2.1',
    steps: [
      sendRaw(
        'POST',
        'R/microservices',
        { kind: 'raw', text: String.raw`{"service":{"serviceName":"s1","description":"\ud800"}}` },
        registered,
        { capture: { s1: 'serviceId' } },
      ),
      get('R/microservices/${s1}', json({ service: partial({ description: '\ufffd' }) })),
      sendRaw(
        'POST',
        'R/microservices',
        {
          kind: 'raw',
          text: '{"service":{"serviceName":"s2","description":"\u00ff\u00fe"}}',
          encoding: 'latin1',
        },
        registered,
        { capture: { s2: 'serviceId' } },
      ),
      get('R/microservices/${s2}', json({ service: partial({ description: like(/^\ufffd+$/) }) })),
    ],
  },
  {
    route: 'json-decoding',
    title: 'the rules body is read by exactly its name',
    spec: '01 §2.1',
    steps: [service('s'), post('R/microservices/${s}/rules', { Rules: [] }, refused(400001))],
  },
  {
    route: 'json-decoding',
    title: 'the tags body is read by exactly its name',
    spec: '01 §2.1',
    steps: [
      service('s'),
      post('R/microservices/${s}/tags', { Tags: { k: 'v' } }, done),
      get('R/microservices/${s}/tags', json({})),
    ],
  },
];
