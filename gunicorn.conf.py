"""What every web server of the portal has in common. gunicorn reads this file from the folder that it is started in."""

import os
import shutil
import sys
import tempfile

from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cdd4.settings")
try:
    from cdd4 import settings
except ImproperlyConfigured as fault:
    sys.exit(f"{fault}")

# Where the processes keep what they counted, so that whichever is asked for /metrics can add it up.
made_here = None
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = made_here = tempfile.mkdtemp(prefix="cdd4-metrics-")
# Longer than the proxy keeps an idle line (keepalive_timeout of its upstreams): else it sends on one just closed.
keepalive = 75  # seconds
control_socket_disable = True  # it would lie in the home of whoever starts this
proc_name = "web"  # the server of uploads is named in docker-compose.yml
logconfig_dict = settings.LOGGING
access_log_format = '%({x-forwarded-for}i)s "%(r)s" %(s)s %(b)s %(M)s ms "%(f)s" "%(a)s"'


def on_starting(server) -> None:
    """Nobody is let in before the database answers; one that refuses us ends this at once."""
    import django

    from cdd4 import database

    django.setup()
    database.wait(at_start=True)
    django.db.connection.close()  # each worker has its own


def post_fork(server, worker) -> None:
    from cdd4 import database

    database.give_up_on_silence()


def post_worker_init(worker) -> None:
    from cdd4 import alive

    if worker.cfg.proc_name == "uploads":  # of the other one the answer is the sign
        alive.keep_noting("uploads")


def on_exit(server) -> None:
    if made_here:
        shutil.rmtree(made_here, ignore_errors=True)
