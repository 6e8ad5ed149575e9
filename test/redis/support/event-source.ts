import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';

export interface ServerEvent {
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

export interface Events {
  readonly list: readonly ServerEvent[];
  /** Data of the chunks. */
  readonly messages: () => unknown[];
  /** Resolves when the server has ended the answer. */
  readonly closed: Promise<void>;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly close: () => void;
}

/** Reads Server-Sent Events as the specification has it; resolves once it is subscribed. */
export async function openEvents(url: string, path: string, headers: Record<string, string> = {}): Promise<Events> {
  const request = get(`${url}${path}`, { headers: { accept: 'text/event-stream', ...headers } });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`Expected 200, got ${String(response.statusCode)}`);
  const list: ServerEvent[] = [];
  let [text, id] = ['', ''];
  response.setEncoding('utf8').on('data', (more: string) => {
    text += more;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = parse(text.slice(0, end), id);
      text = text.slice(end + 2);
      if (event === undefined) continue;
      ({ id } = event);
      list.push(event);
    }
  });
  const closed = new Promise<void>((resolve) => {
    // Closing it here is an error to the response.
    response.on('error', () => undefined).on('close', resolve);
  });
  return {
    list,
    messages: () => list.flatMap(({ event, data }) => (event === 'message' ? [JSON.parse(data) as unknown] : [])),
    closed,
    pause: () => response.pause(),
    resume: () => response.resume(),
    close: () => request.destroy(),
  };
}

function parse(block: string, lastId: string): ServerEvent | undefined {
  const fields = new Map(block.split('\n').map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
  const data = fields.get('data');
  return data === undefined
    ? undefined
    : { event: fields.get('event') ?? 'message', id: fields.get('id') ?? lastId, data };
}
