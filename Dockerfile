# Both bases are pinned by digest; Oakum keeps them patched, like everyone else's.
FROM docker.io/library/node:24-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d AS dependencies
WORKDIR /oakum
COPY package.json package-lock.json .npmrc ./
# The image brings Node itself, so the optional Node of the lock file stays out.
RUN npm ci --omit=dev --omit=optional && mkdir /data

FROM gcr.io/distroless/nodejs24-debian12:nonroot@sha256:14d42e2511532589a7c7e01a753667a74fcc96266e137e8125006b87b0c32d0a
WORKDIR /oakum
COPY --from=dependencies /oakum/node_modules node_modules
COPY --from=dependencies --chown=65532:65532 --chmod=0700 /data /data
COPY package.json LICENSE ./
COPY src src
USER 65532:65532
ENV OAKUM_DATA=/data PORT=3000 HOST=0.0.0.0
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["/nodejs/bin/node", "/oakum/src/main.ts", "health"]
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=4", "--heap-growing-percent=30", "/oakum/src/main.ts"]
CMD ["serve"]
