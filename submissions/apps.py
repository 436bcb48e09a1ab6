from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SubmissionsConfig(AppConfig):
    name = "submissions"
    verbose_name = _("Evidence and judging")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import invalidation, receivers  # noqa: F401  connects the receivers
        from .accounts import receivers as _accounts  # noqa: F401
        from .examination import receivers as _  # noqa: F401
        from .log.beginning import begin_after_upgrade

        post_migrate.connect(begin_after_upgrade, sender=self)
