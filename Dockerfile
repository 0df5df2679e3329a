# The service in one image. Every RUN line is a Makefile target that CI runs as well, so that what
# is built here is what was tested there; `make` itself is the one thing Debian has to add.
FROM python:3.11-slim-bookworm AS tools
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*

FROM tools AS office
WORKDIR /srv/xiangsheng
ENV PYTHONUTF8=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
COPY . .
RUN make image-deps
RUN make image-check

# Nothing in the image is secret and nothing in it changes: data, keys and shred secrets live in the
# volume, owned by the one account that runs the service.
RUN useradd --system --uid 10001 --home-dir /var/lib/xiangsheng --create-home xiangsheng
USER xiangsheng
ENV XIANGSHENG_DATA_DIR=/var/lib/xiangsheng \
    XIANGSHENG_HOST=0.0.0.0 \
    XIANGSHENG_PORT=8000
VOLUME /var/lib/xiangsheng
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD \
  [".venv/bin/python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT [".venv/bin/xiangsheng"]
CMD ["serve", "--with-worker"]
