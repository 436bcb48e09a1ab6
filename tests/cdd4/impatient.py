"""The portal's web server with less patience for a silent database: a test can't wait for a minute."""

from cdd4 import database
from cdd4.wsgi import application

__all__ = ["application"]
database.give_up_on_silence(2)
