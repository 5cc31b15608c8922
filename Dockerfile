# The server as a container. Not run where Latchkey is made: a test holds its paths and settings against the sources.
#   docker build -t latchkey .

FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN ["npm", "ci"]
COPY . .
RUN ["npm", "run", "build"]

# What is needed at run time only, as the lockfile has it: of the optional packages that are developed with, too, such as the
# Redis client that the command line wants.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN ["npm", "ci", "--omit=dev", "--ignore-scripts"]
RUN ["mkdir", "/data"]

# Without a shell or a package manager, as user 65532.
FROM gcr.io/distroless/nodejs24-debian12:nonroot
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /build/package.json ./package.json
COPY --from=build /build/dist ./dist
# The rest of the file system may be read-only. A volume that is new has the owner of this: the first administrator's password is
# written here.
COPY --from=packages --chown=65532:65532 /data /data
USER 65532:65532
VOLUME ["/data"]
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["/nodejs/bin/node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The image's entry point is node.
CMD ["dist/main.js"]
