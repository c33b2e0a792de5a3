# The App and the command line in one image: Node, git, and what a program needs to run, as a user without rights.
#
#   docker build -t tunelint .
#   docker run --rm -p 3000:3000 -v tunelint:/data --env-file app.env tunelint
#   docker run --rm -v "$PWD:/repo:ro" tunelint review --repo /repo --base origin/main
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Dependencies first, so that a change of the sources does not fetch them again.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && node scripts/lay-out-image.js /image

FROM node:24-bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends git && rm -rf /var/lib/apt/lists/*
COPY --from=build /image /app
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
WORKDIR /data
# A container is reached from outside of itself; without credentials it refuses to start, unless told `serve --setup`.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
# A mounted repository belongs to somebody else, which git refuses to read unless it is told that this is meant.
ENV GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=*
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/bin/tunelint.js"]
CMD ["serve"]
