import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Configuration } from './configuration.ts';
import { KeyTable } from './key-table.ts';
import {
  identityKeys,
  logKeys,
  observabilityKeys,
  quotaKeys,
  registryKeys,
  securityKeys,
  serverKeys,
  sslKeys,
  storeKeys,
} from './keys/index.ts';
import { loadConfiguration, type ConfigurationSources } from './load-configuration.ts';
import { printConfiguration } from './print-configuration.ts';

const fixtures = join(import.meta.dirname, '../../test/fixtures');

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'configuration-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function load(sources: Partial<ConfigurationSources> = {}): Configuration {
  return loadConfiguration({
    flags: {},
    environment: {},
    workingDirectory: directory,
    ...sources,
  });
}

function file(name: string, content: string): string {
  const path = join(directory, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

function valuesOf(configuration: Configuration): unknown {
  return configuration.settings.map(({ key }) => [key.name, configuration.get(key)]);
}

describe('defaults', () => {
  it('are valid for every key', () => {
    const configuration = load();
    for (const key of new KeyTable().keys) expect(() => configuration.get(key)).not.toThrow();
  });

  it('are those of a server on the loopback address with an embedded store', () => {
    const configuration = load();
    expect(configuration.get(serverKeys.host)).toBe('127.0.0.1');
    expect(configuration.get(serverKeys.port)).toBe(30_100);
    expect(configuration.get(registryKeys.kind)).toBe('embedded');
    expect(configuration.get(registryKeys.embeddedDirectory)).toBe('./data');
    expect(configuration.get(identityKeys.uuidKind)).toBe('context');
    expect(configuration.get(registryKeys.findVersionRule)).toBe('apply');
    expect(configuration.settingsWithoutEffect).toEqual([]);
  });
});

describe('precedence', () => {
  it('is flags, environment, YAML, app.conf, default', () => {
    const legacy = file(
      'a.conf',
      'httpport = 1\nhttpaddr = h1\nread_timeout = 1s\nidle_timeout = 1s\n',
    );
    const yaml = file('b.yaml', 'server: {port: 2, host: h2, request: {timeout: 2s}}\n');
    const configuration = load({
      // The YAML file beats the app.conf although it is named first.
      files: [yaml, legacy],
      environment: { SERVER_PORT: '3', SERVER_HOST: 'h3' },
      flags: { port: '4' },
    });
    expect(configuration.get(serverKeys.port)).toBe(4);
    expect(configuration.originOf(serverKeys.port)).toBe('flag --port');
    expect(configuration.get(serverKeys.host)).toBe('h3');
    expect(configuration.originOf(serverKeys.host)).toBe('environment variable SERVER_HOST');
    expect(configuration.get(serverKeys.requestTimeout)).toBe(2000);
    expect(configuration.originOf(serverKeys.requestTimeout)).toBe(yaml);
    expect(configuration.get(serverKeys.idleTimeout)).toBe(1000);
    expect(configuration.originOf(serverKeys.idleTimeout)).toBe(legacy);
    expect(configuration.originOf(serverKeys.headerTimeout)).toBe('default');
  });

  it('lets a later file beat an earlier one', () => {
    const files = [file('1.yaml', 'server.port: 1'), file('2.yaml', 'server.port: 2')];
    expect(load({ files }).get(serverKeys.port)).toBe(2);
    expect(load({ files: files.toReversed() }).get(serverKeys.port)).toBe(1);
  });

  it('lets a later --set beat an earlier one, and a flag of its own both', () => {
    const set = ['server.port=1', 'server.port = 2'];
    expect(load({ flags: { set } }).get(serverKeys.port)).toBe(2);
    expect(load({ flags: { set, port: '3' } }).get(serverKeys.port)).toBe(3);
  });

  it('counts a key without a value as absent, wherever it is', () => {
    const yaml = file('a.yaml', 'server:\n  port: 2\n  host:\nquota:\n');
    const configuration = load({
      files: [yaml],
      environment: { SERVER_PORT: ' ' },
      flags: { set: ['server.port='] },
    });
    expect(configuration.get(serverKeys.port)).toBe(2);
    expect(configuration.get(serverKeys.host)).toBe('127.0.0.1');
  });
});

describe('environment variables', () => {
  it('have the name in upper snake case, or the explicit one instead', () => {
    const configuration = load({
      environment: {
        SERVER_REQUEST_MAX_HEADER_BYTES: '4096',
        QUOTA_SERVICE: '7',
        QUOTA_CAP_INSTANCE_LIMIT: '8',
        SCHEMA_EDITABLE: 'false',
      },
    });
    expect(configuration.get(serverKeys.maxHeaderBytes)).toBe(4096);
    expect(configuration.get(quotaKeys.service)).toBe(7);
    expect(configuration.get(quotaKeys.instance)).toBe(150_000);
    expect(configuration.get(registryKeys.schemaEditable)).toBe(false);
  });

  it('may be the key with _ for the dot', () => {
    const environment = { gov_kie_endpoint: 'http://kie:1', quota_cap_tag_limit: '9' };
    expect(load({ environment }).get(observabilityKeys.kieEndpoint)).toBe('http://kie:1');
    expect(load({ environment }).get(quotaKeys.tag)).toBe(9);
  });

  it('are ignored when they are unknown', () => {
    expect(() => load({ environment: { SERVER_PROT: 'x', PATH: '/bin' } })).not.toThrow();
  });
});

describe('files', () => {
  it('are found under conf in the working directory, or in APP_ROOT', () => {
    file('conf/app.yaml', 'server.port: 1');
    file('other/conf/app.yaml', 'server.port: 2');
    file('other/conf/syncer.yaml', 'sync: {enableOnStart: true}');
    expect(load().get(serverKeys.port)).toBe(1);
    const other = load({ environment: { APP_ROOT: 'other' } });
    expect(other.get(serverKeys.port)).toBe(2);
    expect(other.root).toBe(join(directory, 'other'));
    expect(other.settingsWithoutEffect.map(({ key }) => key.name)).toEqual(['sync.enableOnStart']);
  });

  it('expand placeholders', () => {
    const files = [
      file(
        'a.yaml',
        'server: {host: "${HOST||h1}", port: "${PORT||5}"}\nlog: {level: "${LEVEL^^||info}"}\nuuid.kind: "${KIND,,}"',
      ),
    ];
    const environment = { HOST: 'h2', PORT: '', LEVEL: 'warn', KIND: 'BUILDIN' };
    const configuration = load({ files, environment });
    expect(configuration.get(serverKeys.host)).toBe('h2');
    expect(configuration.get(serverKeys.port)).toBe(5);
    expect(configuration.get(logKeys.level)).toBe('WARN');
    expect(configuration.get(identityKeys.uuidKind)).toBe('buildin');
  });

  it('take the spellings of earlier generations', () => {
    const files = [
      file(
        'a.yaml',
        'quota: {cap: {service: 3}}\nregistry: {compact: {indexDelta: 5}}\nssl: {mode: 1}',
      ),
    ];
    const configuration = load({ files });
    expect(configuration.get(quotaKeys.service)).toBe(3);
    expect(configuration.get(storeKeys.compactIndexDelta)).toBe(5);
    expect(configuration.get(sslKeys.enable)).toBe(true);
  });

  it('take lists and mappings as YAML writes them', () => {
    const files = [
      file(
        'a.yaml',
        'registry: {service: {globalVisible: [a, b]}, instance: {properties: {zone: 1, rack: r}}}',
      ),
    ];
    const configuration = load({
      files,
      flags: { set: ['registry.instance.properties.zone=2', 'registry.instance.properties.a.b=c'] },
    });
    expect(configuration.get(registryKeys.globalVisible)).toEqual(['a', 'b']);
    expect(configuration.get(registryKeys.instanceProperties)).toEqual({
      zone: '2',
      rack: 'r',
      'a.b': 'c',
    });
  });

  it('of the reference work unchanged', () => {
    const configuration = load({ environment: { APP_ROOT: fixtures } });
    expect(configuration.get(serverKeys.host)).toBe('127.0.0.1');
    expect(configuration.get(registryKeys.kind)).toBe('etcd');
    expect(configuration.get(logKeys.file)).toBe('./service-center.log');
    expect(configuration.get(sslKeys.minVersion)).toBe('TLSv1.2');
    expect(configuration.get(securityKeys.rbacEnable)).toBe(false);
    expect(configuration.get(observabilityKeys.metricsEnable)).toBe(true);
    expect(configuration.get(registryKeys.instanceProperties)).toEqual({ zone: '' });
  });

  it('of the reference of the 1.x generation work unchanged', () => {
    const configuration = load({ files: [join(fixtures, 'conf/app.conf')] });
    expect(configuration.get(serverKeys.host)).toBe('127.0.0.2');
    expect(configuration.get(serverKeys.requestTimeout)).toBe(45_000);
    expect(configuration.get(registryKeys.kind)).toBe('embeded_etcd');
    expect(configuration.get(storeKeys.clusterEndpoints)).toEqual(['127.0.0.1:2379']);
    // From the section that runmode names.
    expect(configuration.get(logKeys.level)).toBe('DEBUG');
    expect(configuration.get(serverKeys.pprofMode)).toBe(true);
  });
});

describe('mistakes', () => {
  it.each([
    ['server: {prot: 1}', 'unknown configuration key server.prot in', 'server.port'],
    ['registry: {schema: {editabel: 1}}', 'registry.schema.editabel', 'registry.schema.editable'],
    ['servr: {port: 1}', 'servr.port', 'server.port'],
    ['port: 1', 'unknown configuration key port', 'server.port'],
    ['server: {port: {a: 1}}', 'server.port.a', 'server.port'],
  ])('in a key of a file name the nearest known one: %s', (content, wrong, nearest) => {
    const files = [file('a.yaml', content)];
    expect(() => load({ files })).toThrow(wrong);
    expect(() => load({ files })).toThrow(`the nearest known key is ${nearest}`);
  });

  it('in a key of app.conf name the nearest known one', () => {
    const files = [file('a.conf', 'http_port = 1')];
    expect(() => load({ files })).toThrow(
      /unknown configuration key http_port in .*a\.conf; the nearest known key is httpport/,
    );
  });

  it('in a key of --set name the nearest known one', () => {
    expect(() => load({ flags: { set: ['quota.cap.services.limit=1'] } })).toThrow(
      'unknown configuration key quota.cap.services.limit in --set; the nearest known key is quota.cap.service.limit',
    );
    expect(() => load({ flags: { set: ['server.port'] } })).toThrow(
      '--set server.port must have the form key=value',
    );
  });

  it.each([
    ['server.port', '70000', 'a whole number from 0 to 65535'],
    ['server.port', 'http', 'a whole number from 0 to 65535'],
    ['server.request.timeout', '60', 'a duration such as'],
    ['server.request.timeout', '0s', 'at least 1ms'],
    ['registry.selfRegister', 'maybe', 'true or false'],
    ['registry.kind', 'redis', 'one of embedded, embedded_etcd'],
    ['ssl.client.minVersion', 'TLSv1.4', 'one of TLSv1.0, TLSv1.1, TLSv1.2, TLSv1.3'],
    ['registry.instance.preservation.percent', '1.5', 'a number from 0 to 1'],
    ['registry.service.retire.cron', 'daily', 'a cron line'],
    ['registry.service.retire.cron', '99 1 * * *', 'a cron line'],
    ['registry.instance.properties', '[1]', 'a mapping of texts to texts'],
    ['sync.peers', '{}', 'a list of mappings'],
  ])('in a value name the key, the value and the rule: %s=%s', (name, value, rule) => {
    const act = (): Configuration => load({ flags: { set: [`${name}=${value}`] } });
    expect(act).toThrow(`${name} (flag --set ${name}) is`);
    expect(act).toThrow(rule);
  });

  it('in a value count even where a stronger source has a good one', () => {
    const files = [file('a.yaml', 'server.port: x')];
    expect(() => load({ files, flags: { port: '1' } })).toThrow(
      /server\.port \(.*a\.yaml\) is "x"/,
    );
  });

  it('in the form of a file name the file and the place, and quote nothing of it', () => {
    const files = [file('a.yaml', 'a: 1\npassword: "s3cret\nb: [')];
    expect(() => load({ files })).toThrow(/a\.yaml is not valid YAML: .* at line \d+/);
    expect(() => load({ files })).not.toThrow(/s3cret/);
    expect(() => load({ files: [file('b.yaml', 'just words')] })).toThrow('must hold a mapping');
    expect(() => load({ files: [file('c.conf', 'just words')] })).toThrow('c.conf line 1');
    expect(() => load({ files: ['missing.yaml'] })).toThrow('missing.yaml cannot be read');
    expect(() => load({ files: [file('d.yaml', '#'.repeat(1_048_577))] })).toThrow('at most');
  });

  it('of hostile YAML end in an error', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 12; level++) {
      bomb.push(`a${level}: &a${level} [${`*a${level === 1 ? '' : level - 1}, `.repeat(10)}]`);
    }
    expect(() => load({ files: [file('a.yaml', bomb.join('\n'))] })).toThrow('is not valid YAML');
    expect(() => load({ files: [file('b.yaml', '__proto__: {port: 1}')] })).toThrow(
      '__proto__.port',
    );
  });
});

describe('the printed configuration', () => {
  it('says where each value comes from and hides secrets', () => {
    const printed = printConfiguration(
      load({
        flags: {
          set: [
            'sync.peers=[{"name":"dc2","token":"s3cret"}]',
            'registry.mongo.cluster.uri=mongodb://user:s3cret@host/',
            'registry.instance.properties.apiKey=s3cret',
          ],
        },
        environment: { SERVER_PORT: '1' },
      }),
    );
    expect(printed).toMatch(/^server\.port: 1 +# environment variable SERVER_PORT$/m);
    expect(printed).toMatch(/^server\.host: 127\.0\.0\.1 +# default$/m);
    expect(printed).not.toContain('s3cret');
    expect(printed).toContain('dc2');
    expect(printed).toContain('mongodb://user:******@host/');
  });

  it('can be used as a file', () => {
    const flags = { set: ['registry.instance.properties.zone=a: "b" # c', 'log.file=x y'] };
    const first = load({ flags });
    const second = load({ files: [file('a.yaml', printConfiguration(first))] });
    expect(valuesOf(second)).toEqual(valuesOf(first));
  });

  it('has every key once', () => {
    const names = new KeyTable().keys.flatMap((key) => key.names);
    expect(new Set(names).size).toBe(names.length);
  });
});

it('lists the keys that are set without an effect, whatever sets them', () => {
  const configuration = load({ flags: { set: ['rbac.enable=true', 'server.port=1'] } });
  expect(configuration.settingsWithoutEffect.map(({ key }) => key.name)).toEqual(['rbac.enable']);
});
