# syntax=docker/dockerfile:1

# Debian, not Alpine: the native part of the Temporal SDK needs glibc.
FROM node:22-bookworm-slim AS build
WORKDIR /app
# npm leaves the lock file out of a package, so the exact versions in package.json are used there.
COPY package.json package-lock.json* ./
# `prepare` would build before the source is copied.
RUN if [ -f package-lock.json ]; then npm ci --ignore-scripts; else npm install --ignore-scripts; fi
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build
# The native part is shipped for five platforms, about 150 MB. Keep one.
RUN npm prune --omit=dev --ignore-scripts \
  && cd node_modules/@temporalio/core-bridge/releases \
  && for release in *; do [ "$release" = "$(uname -m)-unknown-linux-gnu" ] || rm -rf "$release"; done

FROM node:22-bookworm-slim
# The SDK needs the system's certificates even without TLS.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json ./
COPY bin bin
COPY examples examples
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# The heap gets three quarters of the memory limit, here 1 GB. The rest is for memory outside the heap.
ENV NODE_ENV=production \
    NODE_OPTIONS=--max-old-space-size=768 \
    MAOPS_LOG=json \
    MAOPS_HEALTH_ADDRESS=0.0.0.0:8080 \
    MAOPS_METRICS_ADDRESS=0.0.0.0:9464
# For the state of a simulator. A volume mounted here keeps the owner.
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 8080 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node is process 1, so that it receives SIGTERM. A stop takes up to 30 s.
ENTRYPOINT ["node", "bin/maops.js"]
CMD ["worker"]
