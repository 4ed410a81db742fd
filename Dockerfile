# docker build -t mysql-drift-exporter .
# docker run -v ./config.yml:/etc/mysql-drift-exporter/config.yml:ro -p 19104:19104 mysql-drift-exporter
FROM node:24.21-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev

FROM node:24.21-slim
LABEL org.opencontainers.image.title="mysql-drift-exporter" \
      org.opencontainers.image.description="Prometheus exporter that proves, all the time, that MySQL and MariaDB replicas hold the same data as their source" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
COPY LICENSE ./
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# Everything belongs to root and nothing is written: it runs with a read-only root file system.
USER node
EXPOSE 19104
ENTRYPOINT ["node", "/app/dist/cli.js"]
CMD ["serve", "--config.file=/etc/mysql-drift-exporter/config.yml"]
