import type { RedisConnections } from '../../../app/redis/index.js';

/** Connections whose first answer arrives only after a message that was published later: `meanwhile` publishes it. */
export function holdFirstAnswer(connections: RedisConnections, meanwhile: () => Promise<unknown>): RedisConnections {
  let arrived = (): void => undefined;
  const arrival = new Promise<void>((resolve) => (arrived = resolve));
  let answers = 0;
  const call: RedisConnections['call'] = async (...args) => {
    const answer = await connections.call(...args);
    answers += 1;
    if (answers === 1) await Promise.all([meanwhile(), arrival]);
    return answer;
  };
  const subscribe: RedisConnections['subscribe'] = (channel, handlers) =>
    connections.subscribe(channel, {
      ...handlers,
      onMessage: (message) => {
        handlers.onMessage(message);
        arrived();
      },
    });
  return Object.create(connections, { call: { value: call }, subscribe: { value: subscribe } }) as RedisConnections;
}
