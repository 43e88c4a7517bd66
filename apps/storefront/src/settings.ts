/** What the process is told by its environment. */
export interface Settings {
  /** `STREAM_NAME`: the Kinesis stream that events go to. Required. */
  readonly streamName: string;
  /** `HOST`: the address to listen on. Default `127.0.0.1`, this machine only. */
  readonly host: string;
  /** `PORT`: default 3000; 0 takes any free port. */
  readonly port: number;
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
  const { STREAM_NAME: streamName, HOST: host = '127.0.0.1', PORT: port = '3000' } = env;
  if (!streamName) {
    throw new SettingsError('STREAM_NAME must be the name of the Kinesis stream for the events.');
  }
  if (!host) throw new SettingsError('HOST must be an address to listen on, such as 127.0.0.1.');
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new SettingsError(`PORT must be a number from 0 to 65535, not "${port}".`);
  }
  return { streamName, host, port: Number(port) };
}
