/** What the process is told by its environment. */
export interface Settings {
  /** `STREAM_NAME`: the Kinesis stream that events go to. Required. */
  readonly streamName: string;
  /** `HOST`: the address to listen on. Default `127.0.0.1`, this machine only. */
  readonly host: string;
  /** `PORT`: default 3000; 0 takes any free port. */
  readonly port: number;
  /**
   * `STOP_TIMEOUT_MS`: how long a stop waits for requests under way, and then once more for the
   * delivery of what they brought. 0 to 60,000, default 4,000: both together are less than
   * the ten seconds that a container usually gets.
   */
  readonly stopTimeoutMs: number;
  /** `AGGREGATION`: `true` packs many events into one record. Default `false`. */
  readonly aggregation: boolean;
}

/** A setting that cannot be used. The message names the variable. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'invalid_setting';
}

/**
 * Reads the settings.
 *
 * @throws {SettingsError} when one is missing or wrong
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const {
    STREAM_NAME: streamName,
    HOST: host = '127.0.0.1',
    PORT: port = '3000',
    STOP_TIMEOUT_MS: stopTimeoutMs = '4000',
    AGGREGATION: aggregation = 'false',
  } = env;
  if (!streamName) {
    throw new SettingsError('STREAM_NAME must be the name of the Kinesis stream for the events.');
  }
  if (!host) throw new SettingsError('HOST must be an address to listen on, such as 127.0.0.1.');
  if (aggregation !== 'true' && aggregation !== 'false') {
    throw new SettingsError(`AGGREGATION must be true or false, not "${aggregation}".`);
  }
  return {
    streamName,
    host,
    port: wholeNumber('PORT', port, 65_535),
    stopTimeoutMs: wholeNumber('STOP_TIMEOUT_MS', stopTimeoutMs, 60_000),
    aggregation: aggregation === 'true',
  };
}

function wholeNumber(name: string, value: string, max: number): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > max) {
    throw new SettingsError(`${name} must be a whole number from 0 to ${max}, not "${value}".`);
  }
  return Number(value);
}
