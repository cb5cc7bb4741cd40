# One image for every process: web, worker, migration, command line.

FROM python:3.12-slim-bookworm AS python
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
WORKDIR /app

# Front-end packages, with an npm that stays behind in this stage.
FROM python AS frontend
COPY requirements ./requirements
COPY tools ./tools
COPY pyproject.toml package.json package-lock.json ./
RUN python tools/frontend.py

# Pinned Python packages first: they change less often than our code.
FROM python AS packages
COPY requirements ./requirements
COPY tools ./tools
COPY pyproject.toml ./
RUN python tools/environment.py base
COPY . .
RUN python tools/environment.py base && .venv/bin/python tools/translations.py

FROM python AS relais
RUN useradd --uid 10001 --home-dir /data --shell /usr/sbin/nologin relais \
    && install --directory --owner relais --group relais --mode 0750 /data
COPY --from=packages /app /app
COPY --from=frontend /app/web/static/vendor /app/web/static/vendor
ENV PATH=/app/.venv/bin:$PATH RELAIS_DATA_DIR=/data
USER relais
VOLUME /data
EXPOSE 8000
CMD ["relais", "serve", "--host", "0.0.0.0", "--port", "8000"]
