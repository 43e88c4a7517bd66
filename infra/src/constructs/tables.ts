import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

/**
 * What the stream-processor writes. On demand, because clicks come in bursts; with point-in-time
 * recovery, protected from deletion, and kept when the stack goes.
 */
export class Tables extends Construct {
  /** One item an event; a user's events in order are that user's timeline. */
  readonly events: TableV2;
  /** Counters, each spread over slots so that a popular page is no hot item; the sum is the count. */
  readonly counters: TableV2;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.events = new TableV2(this, 'Events', {
      partitionKey: { name: 'user_id', type: AttributeType.STRING },
      sortKey: { name: 'event_id', type: AttributeType.STRING },
      ...protectedOnDemand,
    });
    this.counters = new TableV2(this, 'Counters', {
      partitionKey: { name: 'counter', type: AttributeType.STRING },
      sortKey: { name: 'slot', type: AttributeType.NUMBER },
      ...protectedOnDemand,
    });
  }
}

const protectedOnDemand = {
  billing: Billing.onDemand(),
  encryption: TableEncryptionV2.dynamoOwnedKey(),
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  deletionProtection: true,
  removalPolicy: RemovalPolicy.RETAIN,
};
