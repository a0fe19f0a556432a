# One image for web, worker and migrate; what is installed comes from the lock files.
FROM python:3.11-slim AS build
WORKDIR /srv/drivkraft
COPY requirements.lock pyproject.toml package.json package-lock.json README.md ./
COPY tools tools
COPY app app
COPY workflows workflows
# compiled here, since whoever runs it may not write; a file that never changes is not asked whether it has
ENV UV_COMPILE_BYTECODE=1 PYC_INVALIDATION_MODE=UNCHECKED_HASH
RUN python tools/setup.py && python -m compileall -q --invalidation-mode unchecked-hash app workflows

FROM python:3.11-slim
RUN useradd --system --home /srv/drivkraft --shell /usr/sbin/nologin drivkraft
WORKDIR /srv/drivkraft
COPY --from=build /srv/drivkraft/.venv .venv
COPY --from=build /srv/drivkraft/app app
COPY --from=build /srv/drivkraft/workflows workflows
COPY templates templates
COPY migrations migrations
COPY pyproject.toml README.md ./
RUN install -d -o drivkraft /var/lib/drivkraft
ENV PATH="/srv/drivkraft/.venv/bin:$PATH" PYTHONUNBUFFERED=1 BIND_ADDRESS=0.0.0.0 DRIVKRAFT_VAR=/var/lib/drivkraft
USER drivkraft
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/isalive')"]
CMD ["drivkraft", "web"]
