"""What an error tells of the database: that it is away, or that it is there and refused."""

import psycopg2
from django.db import Error

# SQLSTATE: a broken connection, a server that stops or starts, no connection left.
_AWAY = ("08", "57P0", "53300")


def is_away(error: BaseException | None) -> bool:
    """Whether the database could not be reached just now. A statement that it refused, or a deadlock, is not that."""
    fault = error.__cause__ if isinstance(error, Error) else None
    if not isinstance(fault, psycopg2.Error):
        return False
    if fault.pgcode:
        return str(fault.pgcode).startswith(_AWAY)
    # A connection that breaks amid an answer is told as an error of no kind in particular.
    return (
        isinstance(fault, psycopg2.OperationalError | psycopg2.InterfaceError) or type(fault) is psycopg2.DatabaseError
    )
