"""Wrong tries to log in."""

from django.db import models


class Tries(models.Model):
    """How often one after the other a password was wrong, by one way of counting (submissions/accounts/tries.py)."""

    counter = models.CharField(max_length=64, primary_key=True)  # a SHA-256: the table names no person and no address
    wrong = models.PositiveIntegerField(default=0, db_default=0)
    latest_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.counter
