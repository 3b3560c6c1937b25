# The server in a container. `docker compose up` builds and runs it; docs/containers.md has what to know.
FROM node:24-bookworm-slim AS build
WORKDIR /mxray
COPY . .
RUN npm ci --ignore-scripts && npm run build
# The image's own Node is new enough: the packages that carry one are left out.
RUN npm ci --ignore-scripts --omit=dev && rm -rf node_modules/node-linux-* node_modules/node-bin-*

FROM node:24-bookworm-slim
ENV NODE_ENV=production MXRAY_HOST=0.0.0.0 MXRAY_DATA=/data
COPY --from=build /mxray /mxray
RUN ln -s /mxray/node_modules/.bin/mxray /usr/local/bin/mxray && install -d -o node -g node -m 700 /data
USER node
VOLUME /data
EXPOSE 8425
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8425/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["mxray", "serve"]
