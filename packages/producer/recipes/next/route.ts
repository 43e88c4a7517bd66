// app/api/click/route.ts
import { after } from 'next/server';
import { producer } from './producer.ts';

export function POST(request: Request): Response {
  const { searchParams } = new URL(request.url);
  void producer.click({
    user_id: 'user-1', // who it is, you know
    element_id: searchParams.get('element') ?? 'unknown',
    page: searchParams.get('page') ?? '/',
  });
  after(() => producer.flush()); // Next waits for it: at SIGTERM, and before it is frozen
  return new Response(null, { status: 204 });
}
