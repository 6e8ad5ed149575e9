import { createServer, type Server } from 'node:http';
import type { Journal } from './journal.js';

/** Where the release's worker pushes jobs to. */
export function listen(port: number, journal: Journal): Server {
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'POST') {
        const { id, fence } = JSON.parse(Buffer.concat(chunks).toString()) as { id: string; fence: string };
        journal.write({ type: 'ran', id, fence });
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(port);
}
