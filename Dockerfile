# dryshot serve, for programs of any kind: docs/serve.md says how to build and run it.

FROM python:3.12-slim AS build
ARG EXTRAS=server,sim
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY client client
COPY mockserver mockserver
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
    && python -m venv /opt/dryshot \
    && /opt/dryshot/bin/pip install --no-cache-dir "$(ls /wheels/dryshot-*.whl)[$EXTRAS]"

FROM python:3.12-slim
COPY --from=build /opt/dryshot /opt/dryshot
RUN useradd --uid 10001 --create-home dryshot \
    && install --directory --owner=dryshot --group=dryshot --mode=700 /state
ENV PATH=/opt/dryshot/bin:$PATH
USER dryshot
WORKDIR /home/dryshot
VOLUME /state
EXPOSE 8787
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8787/_dryshot/api/health', timeout=2)"]
# Inside a container only 0.0.0.0 can be reached from outside; `docker run -p 127.0.0.1:8787:8787`
# keeps it to the machine.
ENTRYPOINT ["dryshot", "serve", "--host", "0.0.0.0", "--allow-remote"]
