"""Asking the API in somebody's name."""

from rest_framework.test import APIClient

API = "/api/v1"


def by(person, language: str = "en") -> APIClient:
    client = APIClient(headers={"accept-language": language})
    client.force_authenticate(person)
    return client
