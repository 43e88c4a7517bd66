import { withProducer } from '@clickstream/producer';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';

export const handler = withProducer(
  { streamName: process.env.STREAM_NAME! },
  async (event: APIGatewayProxyEventV2, _context: Context, producer) => {
    void producer.pageView({
      user_id: 'user-1', // who it is, you know
      url: `https://shop.example${event.rawPath}`,
      user_agent: event.requestContext.http.userAgent,
    });
    return { statusCode: 204 };
  },
);
