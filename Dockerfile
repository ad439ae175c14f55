ARG BUILD_IMAGE=golang:1.26.11
ARG RUNTIME_IMAGE=gcr.io/distroless/static-debian12:nonroot

# All that the function needs of distroless/static, for where that cannot be pulled:
# kpt and kustomize run images with --user nobody, which is looked up in /etc/passwd.
FROM scratch AS static
COPY tools/static /

FROM ${RUNTIME_IMAGE} AS runtime
ARG VERSION=dev
LABEL org.opencontainers.image.title="generate-data-layer" \
      org.opencontainers.image.description="KRM function: a BanhBaoRingCluster's PostgreSQL and Redis as plain manifests" \
      org.opencontainers.image.source="https://github.com/Bidon15/banhbaoring" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
USER 65532:65532
ENTRYPOINT ["/generate-data-layer"]

# `make image-offline` stops here, before anything is pulled. The pattern keeps this stage
# passing on a clean clone, for builders that run the stages nobody asked for.
FROM runtime AS prebuilt
COPY LICENSE bin/generate-data-laye[r] /

# Compiled on the builder's own platform, for the target's: no emulation.
FROM --platform=${BUILDPLATFORM:-linux/amd64} ${BUILD_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
ARG TARGETOS
ARG TARGETARCH
RUN GOOS=${TARGETOS} GOARCH=${TARGETARCH} make build VERSION=${VERSION}

FROM runtime
COPY --from=build /src/LICENSE /src/bin/generate-data-layer /
