# One image for the web server, the worker, beat and the database's migration.
#
# Debian 13, not 12: its PostgreSQL programs are of the server's own release, 17, which saving and restoring needs.
# deploy/lock_images.sh names the image by its digest.
ARG PYTHON=python:3.13-slim-trixie

FROM ${PYTHON} AS build
# psycopg2 is compiled; gettext compiles the catalogues.
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev libpq-dev gettext \
    && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/venv
COPY requirements-3.13.txt /tmp/requirements.txt
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/requirements.txt
COPY . /srv/portal/app
WORKDIR /srv/portal/app
RUN find locale -name '*.po' | while read -r po; do msgfmt -o "${po%.po}.mo" "$po" || exit 1; done
RUN /opt/venv/bin/pip wheel --no-cache-dir --no-deps --wheel-dir /srv/portal/engine deploy/engine
# Settings demand an environment; this one is used for gathering static files only and is not kept.
RUN CDD4_SECRET_KEY="$(head -c 64 /dev/urandom | base64 -w0)" CDD4_ALLOWED_HOSTS=build.invalid \
    CDD4_DATABASE_URL=postgres://build@localhost/build CDD4_REDIS_URL=redis://localhost/0 CDD4_CLAMD=none \
    CDD4_DATA_DIR=/tmp/build CDD4_STATIC_ROOT=/srv/portal/static \
    /opt/venv/bin/python manage.py collectstatic --no-input
RUN /opt/venv/bin/python deploy/compress.py /srv/portal/static

FROM ${PYTHON}
# Pango and HarfBuzz set the Thai of the PDFs; their fonts are in static/fonts.
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client-17 libpq5 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /srv/portal --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal -m 0750 /srv/portal/data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/portal/app /srv/portal/app
COPY --from=build /srv/portal/static /srv/portal/static
COPY --from=build /srv/portal/engine /srv/portal/engine
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 XDG_CACHE_HOME=/tmp/cache \
    CDD4_ENV=production CDD4_DATA_DIR=/srv/portal/data CDD4_STATIC_ROOT=/srv/portal/static \
    CDD4_ENGINE_DIR=/srv/portal/engine
WORKDIR /srv/portal/app
USER 10001:10001
VOLUME /srv/portal/data
EXPOSE 8000
CMD ["gunicorn", "cdd4.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", \
     "--worker-tmp-dir", "/dev/shm", "--timeout", "120", "--graceful-timeout", "30", \
     "--max-requests", "5000", "--max-requests-jitter", "500", "--access-logfile", "-", "--forwarded-allow-ips", "*"]
