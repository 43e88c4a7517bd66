import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

/**
 * What the stream-processor writes. On demand, because clicks come in bursts; with point-in-time
 * recovery, protected from deletion, and kept when the stack goes.
 */
export class Tables extends Construct {
  /** One item an event; a user's events, sorted by their time-ordered ids, are that user's timeline. */
  readonly events: Table;
  /** Counters, each spread over slots so that a popular page is no hot item; the sum is the count. */
  readonly counters: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.events = new Table(this, 'Events', {
      partitionKey: { name: 'user_id', type: AttributeType.STRING },
      sortKey: { name: 'event_id', type: AttributeType.STRING },
      ...protectedOnDemand,
    });
    this.counters = new Table(this, 'Counters', {
      partitionKey: { name: 'counter', type: AttributeType.STRING },
      sortKey: { name: 'slot', type: AttributeType.NUMBER },
      ...protectedOnDemand,
    });
  }
}

const protectedOnDemand = {
  billingMode: BillingMode.PAY_PER_REQUEST,
  encryption: TableEncryption.DEFAULT,
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  deletionProtection: true,
  removalPolicy: RemovalPolicy.RETAIN,
};
