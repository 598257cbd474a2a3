import { ConfigurationKey } from '../configuration-key.ts';
import { choice, flag, integer, text } from '../value-type.ts';

/** Logs (spec 05 §6.2 and §10). */
export const logKeys = {
  level: new ConfigurationKey({
    name: 'log.level',
    type: choice('DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'),
    default: 'INFO',
    aliases: ['loglevel'],
    meaning: 'The least severe level that is logged.',
  }),
  file: new ConfigurationKey({
    name: 'log.file',
    type: text,
    default: '',
    aliases: ['logfile'],
    shipped: './service-center.log',
    meaning:
      'The file to log to, `$NAME` standing for an environment variable. Empty: standard error, so that standard output has nothing but the line that says where the server listens.',
  }),
  format: new ConfigurationKey({
    name: 'log.format',
    type: choice('auto', 'text', 'json'),
    default: 'auto',
    aliases: ['log_format'],
    shipped: 'text',
    meaning:
      '`text`: one line of tab separated fields; `json`: one object a line; `auto`: coloured text on a terminal, else json.',
  }),
  system: new ConfigurationKey({
    name: 'log.system',
    type: flag,
    default: 'false',
    aliases: ['log_sys'],
    effect: 'later',
    meaning: 'Logs to syslog.',
  }),
  rotateSize: new ConfigurationKey({
    name: 'log.rotateSize',
    type: integer(1, 500),
    default: '20',
    aliases: ['log_rotate_size'],
    effect: 'later',
    meaning: 'The size at which a log file is rotated, MB.',
  }),
  backupCount: new ConfigurationKey({
    name: 'log.backupCount',
    type: integer(0, 100),
    default: '50',
    aliases: ['log_backup_count'],
    effect: 'later',
    meaning: 'How many rotated log files are kept.',
  }),
  accessEnable: new ConfigurationKey({
    name: 'log.accessEnable',
    type: flag,
    default: 'false',
    aliases: ['enable_access_log'],
    effect: 'later',
    meaning: 'Writes the access log.',
  }),
  accessFile: new ConfigurationKey({
    name: 'log.accessFile',
    type: text,
    default: './access.log',
    environment: 'SC_ACCESS_LOG_FILE',
    aliases: ['access_log_file'],
    effect: 'later',
    meaning: 'The file of the access log.',
  }),
} as const;
