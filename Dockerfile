# An image with nothing but the program, linked statically. `.ci/static` builds what is copied.
FROM scratch
ARG TARGETARCH
COPY target/static/${TARGETARCH}/gateway-conformance /gateway-conformance
USER 65532:65532
ENTRYPOINT ["/gateway-conformance"]
