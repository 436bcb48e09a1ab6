"""The server of streams: one small process. Tells whoever shows a ticket what moved of that which it names.

Without Redis it tells nobody anything: it ends its streams and refuses others, and pages ask by themselves.
"""

import asyncio
import json
import logging
import random
import time
from collections.abc import AsyncIterator
from hmac import compare_digest

from aiohttp import web
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from . import tickets
from .hub import Full, Hub, Stream

log = logging.getLogger("streams")
HEARTBEAT = 20  # seconds: the proxy takes a line on which nothing comes for dead
SPREAD = 60  # seconds over which streams that began together end
SILENCE = 5  # seconds without a word, after which Redis is asked whether it is there
AGAIN = 1  # seconds until it is tried once more
HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
HUB, METRICS_TOKEN = web.AppKey("hub", Hub), web.AppKey("metrics_token", str)


def application(redis: Redis, metrics_token: str = "") -> web.Application:
    app = web.Application()
    app[HUB], app[METRICS_TOKEN] = Hub(), metrics_token
    app.router.add_get("/streams/", stream)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/metrics", metrics)

    async def listening(app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(listen(redis, app[HUB]))
        yield
        task.cancel()
        await redis.aclose()

    async def end(app: web.Application) -> None:
        app[HUB].end_all()

    app.cleanup_ctx.append(listening)
    app.on_shutdown.append(end)
    return app


async def stream(request: web.Request) -> web.StreamResponse:
    hub, ticket = request.app[HUB], tickets.read(request.query.get("ticket", ""))
    if ticket is None:
        return web.Response(status=403)
    if not hub.is_listening:
        return web.Response(status=503)
    try:
        with hub.following(ticket) as followed:
            answer = web.StreamResponse(headers=HEADERS)
            await answer.prepare(request)
            await _tell(followed, answer, ticket.until - random.uniform(0, SPREAD))  # noqa: S311  no secret
            return answer
    except Full as full:
        return web.Response(status=429 if full.of_person else 503)
    except ConnectionError:  # the page was left
        return web.Response(status=499)


async def _tell(followed: Stream, answer: web.StreamResponse, until: float) -> None:
    await answer.write(b":\n\n")  # so that the page knows that it is there
    while not followed.is_over and (left := until - time.time()) > 0:
        moved = await followed.next(min(HEARTBEAT, left))
        lines = (f"event: moved\ndata: {version}\nid: {what}\n\n" for what, version in moved.items())
        await answer.write("".join(lines).encode() or b":\n\n")


async def listen(redis: Redis, hub: Hub) -> None:
    """For as long as the process lives."""
    while True:
        try:
            async with redis.pubsub() as channel:
                await channel.subscribe(tickets.CHANNEL)
                await _hand_on(channel, hub)
        except (RedisError, OSError) as error:
            log.warning("nobody is told anything: %s", error)
        except Exception:  # whatever Redis was told by somebody else: pages go on, by asking
            log.exception("nobody is told anything")
        finally:
            hub.end_all()
        await asyncio.sleep(AGAIN)


async def _hand_on(channel: PubSub, hub: Hub) -> None:
    is_asked = False
    while True:
        message = await channel.get_message(timeout=SILENCE)
        if message is None:
            if is_asked:
                raise ConnectionError("Redis does not answer")
            await channel.ping()
        elif message["type"] == "message":
            hub.tell(json.loads(message["data"]))
        else:
            hub.is_listening = True  # subscribed, or still there
        is_asked = message is None


async def healthz(request: web.Request) -> web.Response:
    """The process answers. Whether it hears anything is told by the portal's /readyz."""
    return web.json_response({"status": "ok"})


async def metrics(request: web.Request) -> web.Response:
    """For whoever knows the token; without one set there is no such page."""
    expected = request.app[METRICS_TOKEN]
    if not expected:
        return web.Response(status=404)
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not compare_digest(token.encode(), expected.encode()):
        return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
    told = f"# TYPE cdd4_streams gauge\ncdd4_streams {len(request.app[HUB].streams)}\n"
    return web.Response(text=told)
