# The one image: gateway, worker and the tools (`moorline --help`). Redis itself comes from its own image.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json ./
RUN npm ci --ignore-scripts
COPY app app
COPY browser browser
RUN npx tsc
# What remains of node_modules is what runs.
RUN npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
# Nothing is installed at run time: what could do so only adds surface.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* \
  /usr/local/bin/yarn /usr/local/bin/yarnpkg
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/build/app build/app
COPY --from=build /app/build/browser build/browser
# Functions that run inside Redis are read from their sources.
COPY app/queue/functions app/queue/functions
COPY app/bus/functions app/bus/functions
COPY app/streams/functions app/streams/functions
COPY package.json LICENSE ./
COPY examples/handlers examples/handlers
COPY examples/checksum/handlers.mjs examples/checksum/handlers.mjs
ENV NODE_ENV=production
# Numeric, so that `runAsNonRoot` can be checked.
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["node", "build/app/main.js"]
CMD ["gateway"]
