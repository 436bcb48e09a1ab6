"""What every test may use. The environment is set here, before Django reads it.

`CDD4_TEST_DATABASE=sqlite` chooses SQLite; otherwise a private PostgreSQL server is started for the run.
"""

import atexit
import contextlib
import functools
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import django
import kombu.pools
import psycopg2
import pytest
from django.conf import settings
from django.core import signals
from django.core.cache import cache, caches
from django.core.management import call_command
from django.db import close_old_connections, connection, connections
from django.test import Client, TransactionTestCase
from django.utils import translation

from cdd4.local import compile_messages
from tests.databases import PostgreSQL, Redis
from tests.rows import delete_rows
from tests.servers import ROOT, Nginx, Web, Worker, free_port

data_dir = tempfile.mkdtemp(prefix="cdd4-tests-")
atexit.register(shutil.rmtree, data_dir, ignore_errors=True)
os.environ.update(CDD4_ENV="test", CDD4_DATA_DIR=data_dir, DJANGO_SETTINGS_MODULE="cdd4.settings")
if "PYTEST_XDIST_WORKER" not in os.environ:  # a worker has the server of the process that started it
    os.environ.pop("CDD4_DATABASE_URL", None)
    os.environ.pop("CDD4_REDIS_URL", None)
    if os.environ.pop("CDD4_TEST_DATABASE", "postgresql") == "postgresql":
        database = PostgreSQL()
        atexit.register(database.remove)
        os.environ["CDD4_DATABASE_URL"] = database.start().url
compile_messages()
django.setup()
# Read any earlier, they would be those of the process that started this one, and its files would be everybody's.
assert str(settings.DATA_DIR) == data_dir
# A thread of the live server waits for its browser's next request, and would keep its connection beyond the tests' end.
connections.settings["default"]["CONN_MAX_AGE"] = 0

FIRST = {"test_sqlite", "test_local"}

# Whoever asks for the database asks for one of these, or has the mark django_db.
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """pytest-django would read the settings in each worker before this file gives it a folder of its own."""
    del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_itemcollected(item) -> None:
    if item.get_closest_marker("django_db") or DATABASE_FIXTURES.intersection(item.fixturenames):
        item.add_marker("database")


def pytest_collection_modifyitems(items) -> None:
    """Files that start processes of their own wait much, and others never: of both some run at any time, so that the
    processors are never idle. The former end first. What takes longest of all begins first: the run on SQLite, and
    the files beside this one, which go through every address there is; and `make run`, whose demo others read.
    """
    files = dict.fromkeys(item.path for item in items)
    heavy = {item.path for item in items if item.get_closest_marker("faults") or item.get_closest_marker("browser")}
    waiting, working = ([path for path in files if (path in heavy) == is_heavy] for is_heavy in (True, False))
    place = {path: 0.8 * number / len(waiting) for number, path in enumerate(waiting)}
    place |= {path: number / len(working) for number, path in enumerate(working)}
    longest = {path for path in files if path.stem in FIRST or path.parent.name == "tests"}
    items.sort(key=lambda item: (item.path not in longest, place[item.path], item.path))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, django_db_blocker):
    """Whichever process is first migrates the server's own database; those of the tests are copies of it."""
    if connection.vendor != "postgresql":
        return
    settings_of_server = os.environ["CDD4_DATABASE_URL"].rpartition("/")[0] + "/postgres"
    with contextlib.closing(psycopg2.connect(settings_of_server)) as server, server.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(1)")
        with django_db_blocker.unblock():
            if "django_migrations" not in connection.introspection.table_names():
                call_command("migrate", interactive=False, verbosity=0)
                call_command("createcachetable")
            connection.close()  # nobody may be in a database that is copied
    connection.settings_dict["TEST"]["TEMPLATE"] = connection.settings_dict["NAME"]


@pytest.fixture(scope="session")
def migrated(django_db_setup) -> str:
    """The database of which those of the tests are copies: a server of one's own is filled with it."""
    return os.environ["CDD4_DATABASE_URL"]


@pytest.fixture(autouse=True, scope="session")
def _a_forced_login_stands_in_the_list_of_sessions():
    """As those through the door do; otherwise the first page of each would put it there, with statements of its own."""
    force = Client.force_login

    def force_login(self, user, backend=None) -> None:
        force(self, user, backend)
        from allauth.usersessions.models import UserSession  # once Django is set up

        key = self.cookies[settings.SESSION_COOKIE_NAME].value
        UserSession.objects.update_or_create({"user": user, "ip": "127.0.0.1"}, session_key=key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", force_login)
        yield


@pytest.fixture(autouse=True, scope="session")
def _tables_are_emptied_row_by_row():
    """Truncating makes the files of every table anew, and Django then writes its permissions again, which no test
    changes: half a second after each test whose rows other processes see.
    """
    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "postgresql":
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: delete_rows())
        yield


@pytest.fixture(autouse=True, scope="session")
def _each_file_is_opened_once():
    """Tests hand in the same few files over and over, and each opening starts a program: what the first said holds."""
    from submissions.files import confined

    read = confined.read
    opened = functools.cache(lambda content, kind: read("files.opens", content, kind))

    def kept(reader, file, *words):
        if reader != "files.opens":
            return read(reader, file, *words)
        return opened(file if isinstance(file, bytes) else file.read(), *words)

    confined.read = kept
    yield
    confined.read = read


@pytest.fixture(autouse=True)
def _nobody_keeps_a_seat():
    """A list that a test did not read to its end keeps its seat until the answer is thrown away."""
    from submissions.files.seats import SEATS

    yield
    if SEATS._value < SEATS._initial_value:
        gc.collect()


def pytest_collection_finish() -> None:
    """What is loaded by now stays: for a quarter of the run's time the collector walked it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(autouse=True)
def each_test_begins_in_thai():
    """A page that was read in English leaves this thread in English."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def each_process_knows_nothing():
    """Rows made by another test may have had the same ids."""
    caches["process"].clear()
    caches["public"].clear()


@pytest.fixture(scope="session")
def demo_of_make_run(tmp_path_factory) -> Path:
    """Where tests/cdd4/test_local.py leaves the demo that `make run` made, for whoever of this run comes later."""
    own = tmp_path_factory.getbasetemp()
    of_all = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    return of_all / "demo.sqlite3"


@pytest.fixture
def no_requests_yet():
    """Of none of these people the API has counted a request."""
    cache.clear()


@pytest.fixture
def one_connection():
    """As Django's own client for tests has it: the test's transaction lives on its connection, which stays open."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def redis_server():
    """A real Redis of this test's own, and Celery in this process sending to it."""
    with queue() as server:
        yield server


@contextmanager
def queue():
    from cdd4.celery import app

    with Redis() as server:
        before = app.conf.broker_url
        send_to(server.url)
        yield server
        send_to(before)


def send_to(url: str) -> None:
    """Have Celery in this process send elsewhere, and forget the connections it had."""
    from cdd4.celery import app

    app.conf.broker_url = url
    kombu.pools.reset()
    app._pool = None
    app.amqp._producer_pool = None


@pytest.fixture
def worker_environment(transactional_db, redis_server):
    """The variables with which another process shares this test's database, files and queue."""
    return {"CDD4_ENV": "test", **shared(redis_server)}


def shared(redis: Redis) -> dict[str, str]:
    from django.db import connection

    url = os.environ["CDD4_DATABASE_URL"].rpartition("/")[0] + "/" + connection.settings_dict["NAME"]
    return {"CDD4_DATA_DIR": str(settings.DATA_DIR), "CDD4_DATABASE_URL": url, "CDD4_REDIS_URL": redis.url}


@pytest.fixture
def worker(worker_environment):
    """A real worker process with beat, on the database of this test."""
    with Worker(worker_environment) as process:
        yield process


@pytest.fixture(scope="session")
def static_root(tmp_path_factory):
    """The static files as production gathers and names them."""
    from tests.cdd4.test_settings import SOUND

    folder = tmp_path_factory.mktemp("collected")
    variables = {**SOUND, "CDD4_DATA_DIR": str(folder / "data"), "CDD4_STATIC_ROOT": str(folder / "static")}
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **variables},
        check=True,
    )
    return folder / "static"


@pytest.fixture
def production(transactional_db, redis_server, static_root):
    """The variables of production, on the database, files and queue of this test; a session made here is good there."""
    return as_in_production(redis_server, static_root)


def as_in_production(redis: Redis, static_root) -> dict[str, str]:
    from tests.cdd4.test_settings import SOUND

    fixed = {"CDD4_ALLOWED_HOSTS": "localhost", "CDD4_X_ACCEL": "1", "CDD4_STATIC_ROOT": str(static_root)}
    fixed["CDD4_URL"] = f"https://localhost:{free_port()}"  # the proxy's
    fixed["CDD4_SECOND_FACTOR"] = "0"  # whose tests ask for it themselves
    return {**SOUND, **shared(redis), **fixed, "CDD4_SECRET_KEY": settings.SECRET_KEY}


@pytest.fixture
def web(production):
    """In one process, which is started sooner than two, and whose memory can be watched."""
    with Web(production, workers=1) as server:
        yield server


@pytest.fixture
def behind_line(web):
    """The same, before which a line is to lie at the portal's own address: its nginx, and the address's port."""
    with Nginx(web, settings.MEDIA_ROOT, port=free_port()) as server:
        yield server, urlsplit(server.url).port


@pytest.fixture
def proxy(web):
    """The portal as production serves it, behind its nginx."""
    with Nginx(web, settings.MEDIA_ROOT) as server:
        yield server
