"""How Django's own apps are set up here."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "cdd4.admin.AdminSite"
