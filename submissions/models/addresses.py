"""An e-mail address that somebody asked for and has not confirmed yet."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone


class AddressChange(models.Model):
    """The newest one asked for. Until its link is opened all mail goes to the address before."""

    LIFE = timedelta(days=1)

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="address_change"
    )
    email = models.EmailField(max_length=254)
    nonce = models.CharField(max_length=64, default=secrets.token_hex)  # whoever asks again ends the link before
    asked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.email

    @property
    def until(self) -> datetime:
        return self.asked_at + self.LIFE

    @property
    def is_open(self) -> bool:
        return timezone.now() < self.until
