"""One session with boto3 against the endpoint in argv; prints what it saw as one JSON object."""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

kinesis = boto3.client(
    "kinesis",
    endpoint_url=sys.argv[1],
    region_name="us-east-1",
    aws_access_key_id="local",
    aws_secret_access_key="local",
    config=Config(retries={"total_max_attempts": 1}),
)
STREAM = "boto3"


def refusal(call, **arguments):
    """The error's name, status and message; None when there was none."""
    try:
        call(**arguments)
    except ClientError as error:
        response = error.response
        return {
            "code": response["Error"]["Code"],
            "status": response["ResponseMetadata"]["HTTPStatusCode"],
            "message": response["Error"]["Message"],
            "modeled": isinstance(error, getattr(kinesis.exceptions, response["Error"]["Code"], ())),
        }
    return None


def read(shard):
    token = kinesis.get_shard_iterator(
        StreamName=STREAM, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    return kinesis.get_records(ShardIterator=token)


kinesis.create_stream(StreamName=STREAM, ShardCount=1)
kinesis.get_waiter("stream_exists").wait(StreamName=STREAM)
put = kinesis.put_records(
    StreamName=STREAM,
    Records=[{"PartitionKey": key, "Data": f"{key} ☕".encode()} for key in ("ada", "bo")],
)
first = put["Records"][0]["ShardId"]
page = read(first)
kinesis.split_shard(StreamName=STREAM, ShardToSplit=first, NewStartingHashKey=str(2**127))
shards = kinesis.list_shards(StreamName=STREAM)["Shards"]
end = read(first)

print(
    json.dumps(
        {
            "boto3": boto3.__version__,
            "failed": put["FailedRecordCount"],
            "sequenceNumbers": [record["SequenceNumber"] for record in put["Records"]],
            "read": [
                [record["SequenceNumber"], record["PartitionKey"], record["Data"].decode()]
                for record in page["Records"]
            ],
            "arrival": page["Records"][0]["ApproximateArrivalTimestamp"].timestamp(),
            "parents": [shard.get("ParentShardId") for shard in shards],
            "closed": ["EndingSequenceNumber" in shard["SequenceNumberRange"] for shard in shards],
            "children": [child["ShardId"] for child in end["ChildShards"]],
            "open": kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"][
                "OpenShardCount"
            ],
            "missing": refusal(kinesis.describe_stream_summary, StreamName="missing"),
            "exists": refusal(kinesis.create_stream, StreamName=STREAM, ShardCount=1),
            "closedShard": refusal(
                kinesis.split_shard,
                StreamName=STREAM,
                ShardToSplit=first,
                NewStartingHashKey=str(2**126),
            ),
            "tooLarge": refusal(
                kinesis.put_record, StreamName=STREAM, PartitionKey="a", Data=bytes(2**20)
            ),
        }
    )
)
