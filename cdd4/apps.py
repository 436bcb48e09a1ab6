"""The wiring as an app, for the sake of its commands; and how Django's own are set up here."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class PortalConfig(AppConfig):
    name = "cdd4"


class AdminConfig(DjangoAdminConfig):
    default_site = "cdd4.admin.AdminSite"
