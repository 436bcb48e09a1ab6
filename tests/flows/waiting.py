"""Requests that are held on their way, and moments that a test waits for while its page goes on."""

from tests.servers import wait_until


def hold(page, pattern: str, method: str = "GET") -> list:
    """Requests that wait until they are told to go on."""
    held = []
    page.route(pattern, lambda route: held.append(route) if route.request.method == method else route.fallback())
    return held


def until(page, condition, what: str) -> None:
    """Wait until it holds; at most 20 seconds."""
    wait_until(lambda: page.wait_for_timeout(50) or condition(), 20, what)
