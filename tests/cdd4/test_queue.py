"""Sending to the queue never holds up a request, whatever state Redis is in."""

import socket
import time
from statistics import median

import pytest

from cdd4.celery import app
from tests.conftest import send_to


def seconds_to_send(times: int = 9) -> tuple[list[float], list[bool]]:
    taken, sent = [], []
    for _ in range(times):
        start = time.perf_counter()
        try:
            app.send_task("no.such.task", [1], ignore_result=True)
        except Exception:  # the sender's business; here only how long it took
            sent.append(False)
        else:
            sent.append(True)
        taken.append(time.perf_counter() - start)
    return taken, sent


def test_a_redis_that_answers_takes_the_message(redis_server):
    taken, sent = seconds_to_send()
    assert all(sent)
    assert redis_server.client().llen("documents") == 9
    assert median(taken) < 0.3


def test_a_redis_that_is_hung_costs_less_than_the_promise(redis_server):
    seconds_to_send(1)  # a connection from before the fault is worse than none
    redis_server.pause()
    taken, sent = seconds_to_send()
    assert not any(sent)
    assert median(taken) < 0.3


def test_a_redis_that_is_down_costs_nothing_and_is_used_again_when_it_is_back(redis_server):
    seconds_to_send(1)
    redis_server.kill()
    taken, sent = seconds_to_send()
    assert not any(sent)
    assert median(taken) < 0.1
    redis_server.start()
    assert all(seconds_to_send()[1])


@pytest.fixture
def silent_port(redis_server):
    """A port whose waiting line is full: connecting gets no answer at all."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(server.getsockname())
        yield server.getsockname()[1]
        for one in waiting:
            one.close()


def test_a_port_that_does_not_even_accept(silent_port):
    send_to(f"redis://127.0.0.1:{silent_port}/0")
    taken, sent = seconds_to_send()
    assert not any(sent)
    assert median(taken) < 0.3


def test_ids_only():
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_ignore_result
    assert app.conf.result_backend is None
    assert (app.conf.task_acks_late, app.conf.task_reject_on_worker_lost) == (True, True)
