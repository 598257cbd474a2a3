import { ConfigurationKey } from '../configuration-key.ts';
import { decimal, duration, flag, text } from '../value-type.ts';

/** Metrics and tracing (spec 05 §8 and §9). */
export const observabilityKeys = {
  metricsEnable: new ConfigurationKey({
    name: 'metrics.enable',
    type: flag,
    default: 'true',
    meaning: 'Serves `/metrics`.',
  }),
  metricsInterval: new ConfigurationKey({
    name: 'metrics.interval',
    type: duration(),
    default: '30s',
    meaning:
      'How often the requests per second are computed; one second or less counts as 30s. All other metrics are current whenever they are read.',
  }),
  metricsExporter: new ConfigurationKey({
    name: 'metrics.exporter',
    type: text,
    default: 'prometheus',
    meaning: 'The form of the metrics: `prometheus`, anything else serves none.',
  }),
  metricsListenUrl: new ConfigurationKey({
    name: 'metrics.prometheus.listenURL',
    type: text,
    default: '',
    effect: 'later',
    meaning: 'A listener of its own for the metrics.',
  }),
  tracingKind: new ConfigurationKey({
    name: 'tracing.kind',
    type: text,
    default: 'buildin',
    aliases: ['tracing_plugin', 'trace_plugin'],
    effect: 'later',
    meaning: 'The plugin that traces requests.',
  }),
  tracingCollectorType: new ConfigurationKey({
    name: 'tracing.zipkin.collector.type',
    type: text,
    default: '',
    environment: 'TRACING_COLLECTOR',
    effect: 'later',
    meaning: 'Where spans go: `server` or `file`, anything else is nowhere.',
  }),
  tracingCollectorPath: new ConfigurationKey({
    name: 'tracing.zipkin.collector.path',
    type: text,
    default: './service-center.trace',
    environment: 'TRACING_FILE_PATH',
    effect: 'later',
    meaning: 'The file of spans.',
  }),
  tracingCollectorEndpoint: new ConfigurationKey({
    name: 'tracing.zipkin.collector.endpoint',
    type: text,
    default: 'http://127.0.0.1:9411',
    environment: 'TRACING_SERVER_ADDRESS',
    effect: 'later',
    meaning: 'The server of spans.',
  }),
  tracingSamplerRate: new ConfigurationKey({
    name: 'tracing.zipkin.sampler.rate',
    type: decimal(0, 1),
    default: '1',
    environment: 'TRACING_SIMPLER_RATE',
    effect: 'later',
    meaning: 'The share of requests that is traced.',
  }),
  kieType: new ConfigurationKey({
    name: 'gov.kie.type',
    type: text,
    default: '',
    shipped: 'kie',
    effect: 'later',
    meaning: 'Where traffic policies are kept.',
  }),
  kieEndpoint: new ConfigurationKey({
    name: 'gov.kie.endpoint',
    type: text,
    default: '',
    shipped: 'http://127.0.0.1:30110',
    effect: 'later',
    meaning: 'The address of ServiceComb-KIE.',
  }),
} as const;
