import type { Service } from '../link.ts';
import { bodyOf } from './json.ts';

export const bucket = 'quarantine';

/** A bucket that takes objects. */
export interface S3 {
  readonly service: Service;
  /** Key → content. */
  readonly objects: ReadonlyMap<string, string>;
}

export function createS3(): S3 {
  const objects = new Map<string, string>();
  return {
    objects,
    service: {
      channelOf: () => 'quarantine',
      refuse: (fault) => ({
        status: fault === 'throttle' ? 503 : 500,
        headers: { 'content-type': 'application/xml' },
        body: `<Error><Code>${fault === 'throttle' ? 'SlowDown' : 'InternalError'}</Code><Message>Simulated.</Message></Error>`,
      }),
      serve(request) {
        const prefix = `/${bucket}/`;
        if (request.method !== 'PUT' || !request.path.startsWith(prefix)) {
          throw new Error(`The simulated S3 only takes objects, not ${request.method}.`);
        }
        objects.set(decodeURIComponent(request.path.slice(prefix.length)), bodyOf(request));
        return { status: 200, headers: { etag: '"simulated"' }, body: '' };
      },
    },
  };
}
