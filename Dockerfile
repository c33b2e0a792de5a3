# The command line in an image: git, Node and the compiled program, run as a user without rights.
#
#   docker build -t tunelint .
#   docker run --rm -v "$PWD:/repo:ro" tunelint review --repo /repo --base origin/main
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json ./
# Dependencies first, so that a change of the sources does not fetch them again; `prepare` builds below.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends git && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build --chown=node:node /app /app
USER node
# A mounted repository belongs to somebody else, which git refuses to read unless it is told that this is meant.
ENV GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=*
ENTRYPOINT ["node", "/app/bin/tunelint.js"]
CMD ["--help"]
