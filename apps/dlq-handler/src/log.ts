/** Takes one structured line. */
export type Log = (line: Readonly<Record<string, unknown>>) => void;

/**
 * Writes a line of JSON to standard output. Not through `console`: Lambda's Node.js runtime puts
 * its own text around that, and with the JSON log format CloudWatch then finds no metric in it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export const writeLine: Log = (line) => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

/**
 * The fields that make CloudWatch count a line: embedded metric format, namespace `Clickstream`,
 * no dimensions.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metric(name: string, count: number): Readonly<Record<string, unknown>> {
  return {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: 'Clickstream',
          Dimensions: [[]],
          Metrics: [{ Name: name, Unit: 'Count' }],
        },
      ],
    },
    [name]: count,
  };
}
