import { describe, expect, test } from '@jest/globals';
import { parseRedisUri } from '../../../app/config/redis-uri.js';

describe('REDIS_URI', () => {
  test.each([
    ['redis://h', { kind: 'server', tls: false, db: 0, server: { host: 'h', port: 6379 } }],
    ['redis://h:1/2', { kind: 'server', tls: false, db: 2, server: { host: 'h', port: 1 } }],
    ['redis://h:1/', { kind: 'server', tls: false, db: 0, server: { host: 'h', port: 1 } }],
    ['rediss://ann%40x@10.0.0.1', { kind: 'server', tls: true, user: 'ann@x', server: { host: '10.0.0.1' } }],
    ['redis://[::1]:7', { server: { host: '::1', port: 7 } }],
    [
      'redis+sentinel://s-0.ns.svc:1,s-1,[fd00::2]:3/ns-main/4',
      {
        kind: 'sentinel',
        tls: false,
        sentinels: [
          { host: 's-0.ns.svc', port: 1 },
          { host: 's-1', port: 26379 },
          { host: 'fd00::2', port: 3 },
        ],
        primaryName: 'ns-main',
        db: 4,
      },
    ],
    ['rediss+sentinel://ann@s/p', { kind: 'sentinel', tls: true, user: 'ann', primaryName: 'p', db: 0 }],
    [
      'redis+cluster://a:7000,b',
      {
        kind: 'cluster',
        tls: false,
        nodes: [
          { host: 'a', port: 7000 },
          { host: 'b', port: 6379 },
        ],
        db: 0,
      },
    ],
    ['rediss+cluster://ann@h/0', { kind: 'cluster', tls: true, user: 'ann' }],
  ])('%s is understood', (uri, target) => {
    expect(parseRedisUri(uri)).toMatchObject(target);
  });

  test.each([
    ['', 'expected redis://'],
    ['h:6379', 'expected redis://'],
    ['http://h', 'got the scheme "http"'],
    ['redis+cluster://h/1', 'expected database 0'],
    ['redis+cluster://h,', 'expected host:port'],
    ['redis://h:0', 'expected host:port'],
    ['redis://h:65536', 'expected host:port'],
    ['redis://a b', 'expected host:port'],
    ['redis://::1', 'expected host:port'],
    ['redis://a,b', 'expected one host'],
    ['redis://h/x', 'expected a database number'],
    ['redis://h/1/2', 'got more path segments'],
    ['redis://h?db=1', 'expected redis://'],
    ['redis+sentinel://s', 'expected the name of the primary'],
    ['redis+sentinel://s/', 'expected the name of the primary'],
    ['redis+sentinel://s,/p', 'expected host:port'],
    ['redis://%zz@h', '%-escapes'],
  ])('%s is refused', (uri, message) => {
    expect(() => parseRedisUri(uri)).toThrow(message);
  });

  test.each([
    'redis://:hunter2@h',
    'redis://ann:hunter2@h',
    'redis://:hun@ter2@h',
    'redis://:hun/ter2@h',
    'redis://:hunter2@h/x/y',
  ])('the password in %s is refused and not repeated', (uri) => {
    const refuse = () => parseRedisUri(uri);
    expect(refuse).toThrow();
    expect(refuse).not.toThrow(/hun|ter2/);
  });
});
