import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { json } from 'node:stream/consumers';

const patienceMs = 20_000;

export interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface Caller {
  readonly token: string;
  /** Who has to have signed the gateway's certificate; undefined where it speaks plain HTTP. */
  readonly authority: string | undefined;
  /** For whom it has to be. */
  readonly servername: string;
}

export type Call = (method: string, path: string, body?: unknown) => Promise<Reply>;

/** Calls the gateway behind a forwarded port, `url`. */
export function gatewayCaller(url: string, { token, authority, servername }: Caller): Call {
  const { hostname, port } = new URL(url);
  return async (method, path, body) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const options = { method, hostname, port, path, headers, signal: AbortSignal.timeout(patienceMs) };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const call =
        authority === undefined
          ? plainRequest(options, resolve)
          : tlsRequest({ ...options, ca: authority, servername }, resolve);
      call.once('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
    return { status: response.statusCode ?? 0, body: (await json(response)) as Record<string, unknown> };
  };
}
