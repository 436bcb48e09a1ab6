"""`python -m submissions.streams`: serves streams, by what the environment says.

It reads that itself: the portal's settings know the queue and all libraries, which would be three times its memory.
"""

import argparse
import logging
import os
import resource
import sys
from pathlib import Path

from aiohttp import web
from django.conf import settings
from redis.asyncio import Redis

from .serve import application

GOODBYE = 2  # seconds for streams to end; their pages come back by themselves


def secret(name: str) -> str:
    """From the environment, or from the file that it names."""
    file = os.environ.get(f"{name}_FILE", "")
    return Path(file).read_text().strip() if file else os.environ.get(name, "").strip()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m submissions.streams")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    asked = parser.parse_args()
    key, address = secret("CDD4_SECRET_KEY"), os.environ.get("CDD4_REDIS_URL", "").strip()
    if len(key) < 50 or not address:
        sys.exit("CDD4_SECRET_KEY (or CDD4_SECRET_KEY_FILE) and CDD4_REDIS_URL must be set, as for the portal.")
    level = os.environ.get("CDD4_LOG_LEVEL") or "INFO"
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(message)s")
    settings.configure(SECRET_KEY=key)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # each stream is a file
    redis = Redis.from_url(address, password=secret("CDD4_REDIS_PASSWORD") or None, socket_connect_timeout=1)
    app = application(redis, secret("CDD4_METRICS_TOKEN"))
    web.run_app(
        app,
        host=asked.host,
        port=asked.port,
        access_log=None,  # the proxy has one
        print=None,
        shutdown_timeout=GOODBYE,
        handler_cancellation=True,  # a page that was left is forgotten at once
    )


if __name__ == "__main__":
    main()
