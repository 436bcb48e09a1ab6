"""Which queue each task goes to, and what is asked for again and again."""

from typing import Any

from celery.schedules import crontab

DEFAULT = "documents"  # a task of which nobody said that it is short may take long
ROUTES: dict[str, dict[str, str]] = {  # what ends in a moment has a worker of its own: docs/decisions/0015
    "scoring.tasks.rescore_entry": {"queue": "rescore"},
    **{f"scoring.tasks.{name}": {"queue": "sweep"} for name in ("sweep", "tend_parcels")},
    **{key: {"queue": "sweep"} for key in ("submissions.tasks.examine_rest", "awards.tasks.tend_publishings")},
    "awards.tasks.make_publication": {"queue": "publish"},  # neither behind a parcel of gigabytes nor before a score
    **{f"submissions.tasks.{name}": {"queue": "examine"} for name in ("examine", "scan_attachment")},
    "awards.tasks.scan_copies": {"queue": "examine"},
    **{f"submissions.tasks.{name}": {"queue": "mail"} for name in ("tell", "remind", "post", "sweep_notices")},
    **{f"submissions.tasks.{name}": {"queue": "mail"} for name in ("tell_circulars", "sweep_accounts")},
    "submissions.tasks.call_webhooks": {"queue": "webhooks"},  # other people's programs: nothing waits behind them
    "awards.tasks.seal_log": {"queue": "seal"},  # the one part that reads the key by which heads are signed
    "cdd4.alarms.mail_admins": {"queue": "mail"},  # the one part with a way to the mail server, besides the web
}
BEAT: dict[str, dict[str, Any]] = {
    # A sweep that could not run in time is dropped: the next one does the same work.
    "sweep": {"task": "scoring.tasks.sweep", "schedule": 3.0, "options": {"expires": 6}},
    "tell": {"task": "submissions.tasks.tell", "schedule": 60.0, "options": {"expires": 60}},
    "remind": {"task": "submissions.tasks.remind", "schedule": crontab(minute="5,35"), "options": {"expires": 1200}},
    "tell-published": {"task": "awards.tasks.tell_published", "schedule": 300.0, "options": {"expires": 300}},
    "seal": {"task": "awards.tasks.seal_log", "schedule": 60.0, "options": {"expires": 60}},
    "post": {"task": "submissions.tasks.post", "schedule": 60.0, "options": {"expires": 60}},
    "call-webhooks": {"task": "submissions.tasks.call_webhooks", "schedule": 10.0, "options": {"expires": 10}},
    "examine-rest": {"task": "submissions.tasks.examine_rest", "schedule": 10.0, "options": {"expires": 10}},
    "tend-publishings": {"task": "awards.tasks.tend_publishings", "schedule": 10.0, "options": {"expires": 10}},
    "tend-documents": {"task": "awards.tasks.tend_documents", "schedule": 600.0, "options": {"expires": 600}},
    "tend-bundles": {"task": "awards.tasks.tend_bundles", "schedule": 60.0, "options": {"expires": 60}},
    "scan-copies": {"task": "awards.tasks.scan_copies", "schedule": 20.0, "options": {"expires": 20}},
    "tend-parcels": {"task": "scoring.tasks.tend_parcels", "schedule": 60.0, "options": {"expires": 60}},
    "remove-parcels": {"task": "scoring.tasks.remove_parcels", "schedule": crontab(minute=47)},
    "sweep-notices": {"task": "submissions.tasks.sweep_notices", "schedule": crontab(hour=3, minute=37)},
    "sweep-accounts": {"task": "submissions.tasks.sweep_accounts", "schedule": crontab(hour=3, minute=47)},
    "sweep-vault": {"task": "submissions.tasks.sweep_vault", "schedule": crontab(hour=3, minute=17)},
}
