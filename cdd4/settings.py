"""The portal's settings: the environment is read once, here, and nonsense is refused with every fault named.

The variables are described in docs/operations.md. Nothing outside this file reads the environment.
"""

import os
from pathlib import Path
from typing import Any

import dj_database_url

from cdd4 import alarms, logs, schedule
from cdd4.environment import Environment
from cdd4.look import UNFOLD  # noqa: F401  a setting
from cdd4.openapi import SPECTACULAR_SETTINGS  # noqa: F401  read by the library
from cdd4.policy import CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY_BY_PATH  # noqa: F401  settings

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(os.environ)

# What kind of place this is. Without a word it is production, which demands its secrets.
PRODUCTION = env.production
DEBUG = env.flag("CDD4_DEBUG")  # error pages with the code in them
SECRET_KEY = env.secret("CDD4_SECRET_KEY", default="" if PRODUCTION else "only-for-development-and-tests-" + "x" * 40)
ALLOWED_HOSTS = env.words("CDD4_ALLOWED_HOSTS", default="" if PRODUCTION else "localhost,127.0.0.1,[::1]")
if PRODUCTION:
    if DEBUG:
        env.fault("CDD4_DEBUG", "is for development only")
    if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5:
        env.fault("CDD4_SECRET_KEY", "(or CDD4_SECRET_KEY_FILE) must be set to at least 50 random characters")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        env.fault("CDD4_ALLOWED_HOSTS", "must name the portal's host names, separated by commas; '*' is not allowed")

# Where things live.
DATA_DIR = Path(env.text("CDD4_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
MEDIA_ROOT = DATA_DIR / "media"  # evidence: outside the web root, served only by views that ask `access`
STATIC_ROOT = Path(env.text("CDD4_STATIC_ROOT", default=str(DATA_DIR / "static"))).resolve()
# Where the engine's wheel lies, by which strangers score a bundle again; nothing is offered where it was not built.
ENGINE_DIR = Path(env.text("CDD4_ENGINE_DIR", default=str(DATA_DIR / "engine"))).resolve()
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static", ("pictures", BASE_DIR / "docs/pictures")]  # the guides are pages too
LOCALE_PATHS = [root / path for path in ("locale", "locale/libraries") for root in (DATA_DIR, BASE_DIR)]  # ours first

# Files handed in.
EVIDENCE_MAX_BYTES = env.whole("CDD4_EVIDENCE_MAX_MB", default=50, least=1, most=1024) * 2**20
VIDEO_MAX_BYTES = env.whole("CDD4_VIDEO_MAX_MB", default=1024, least=1, most=10240) * 2**20
# What one entry may hold, withdrawn pieces included.
ENTRY_MAX_BYTES = env.whole("CDD4_ENTRY_MAX_MB", default=10240, least=1, most=2**20) * 2**20
ENTRY_MAX_PIECES = env.whole("CDD4_ENTRY_MAX_PIECES", default=2000, least=1, most=100_000)
X_ACCEL = env.flag("CDD4_X_ACCEL")  # the proxy sends files that a view has allowed
STREAMS = env.flag("CDD4_STREAMS")  # the proxy hands /streams/ to their server: open pages are told what moved
PROTECTED_URL = "/protected/"  # the proxy's internal location of MEDIA_ROOT
CLAMD = env.address("CDD4_CLAMD", required=PRODUCTION)  # the virus scanner; "": files are not checked for viruses
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "incoming"  # the same disk: a container's /tmp is small
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20  # bytes of a form's fields; files are bounded above
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "cdd4.apps.PortalConfig",
    "cdd4.apps.AdminConfig",  # Django's admin, as the site of cdd4/admin.py
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "simple_history",
    "django_htmx",
    "csp",
    "submissions",
    "scoring",
    "awards",
]

MIDDLEWARE = [
    "cdd4.logs.RequestId",
    "cdd4.metrics.Requests",
    "django.middleware.security.SecurityMiddleware",
    # Before what only pages need: two thirds of a kB beside each of two dozen small files, which HTTP/2 sends again.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cdd4.headers.Headers",
    "cdd4.csp.PathPolicyMiddleware",
    "cdd4.public.SameForEverybody",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cdd4.language.ThaiFirst",
    "django.middleware.common.CommonMiddleware",
    "submissions.files.gate.Gate",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cdd4.idle.IdleLimit",
    "cdd4.reader.SameReader",
    "cdd4.faults.BodyLimit",
    "cdd4.faults.FormsOnly",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "cdd4.first_steps.FirstSteps",
]

ROOT_URLCONF = "cdd4.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "submissions.pages.notices.bell",
                "scoring.pages.rounds.menu",
            ],
        },
    },
]

# Database. The rows are the truth; sessions and rate limits live here too, so that no request depends on Redis.
database_url = env.url(
    "CDD4_DATABASE_URL",
    example="postgres://user:password@host:5432/name",
    schemes=("postgres", "postgresql") if PRODUCTION else ("postgres", "postgresql", "sqlite"),
    required=PRODUCTION,
)
DATABASES: dict[str, Any] = {"default": dj_database_url.parse(database_url or f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
DATABASES["default"]["PASSWORD"] = env.secret("CDD4_DATABASE_PASSWORD") or DATABASES["default"]["PASSWORD"]
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",  # a writer waits its turn instead of failing halfway
        "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;",
    }
else:
    DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    # Behind a pooler the next statement may meet another connection, which knows nothing of a cursor held on this one.
    DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = env.flag("CDD4_DATABASE_POOLED")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        "OPTIONS": {"MAX_ENTRIES": 10000},
    },
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},  # for what may be a minute old
    "public": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "public"},  # awards/public
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        # The proxy compresses what it sends; done here it took most of a minute of every build.
        "BACKEND": f"django.contrib.staticfiles.storage.{'Manifest' if PRODUCTION else ''}StaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False  # nothing of ours is part of another site
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = not PRODUCTION  # a file is looked for when asked: each client of a test would list them all

# Language and time: Thai first; decided in Asia/Bangkok, stored in UTC.
LANGUAGE_CODE = "th"
LANGUAGES = [("th", "ไทย"), ("en", "English")]
USE_TZ = True
TIME_ZONE = "Asia/Bangkok"

# People.
AUTH_USER_MODEL = "submissions.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "submissions.accounts.passwords.StolenPasswordValidator"},
]
if env.mode == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # tests make many users
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "cdd4.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# allauth's own notes each address for good, and a former one would go on opening the account.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105  a class
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # the browser is known from then on: docs/decisions/0017
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False  # shared office machines: the session ends with the browser
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}  # counted by submissions/accounts/tries.py
ACCOUNT_FORMS = {"change_password": "cdd4.accounts.PasswordChange"}
MFA_FORMS = {"authenticate": "cdd4.accounts.SecondStep", "reauthenticate": "cdd4.accounts.CodeAgain"}
KNOWN_BROWSER_COOKIE = "__Host-known-browser" if PRODUCTION else "known-browser"
PROXIES = 1 if PRODUCTION else 0  # whose word on the visitor's address is taken, for limits by address
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
SECOND_FACTOR = env.flag("CDD4_SECOND_FACTOR", default=PRODUCTION)  # asked of staff, and of judges where a round does
MFA_ADAPTER = "cdd4.accounts.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Community Development Digital 4.0"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey alone logs in: a finger, a face or a PIN goes with it
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_ALLOW_UNVERIFIED_EMAIL = True  # accounts are given out by staff, with the address
SESSION_COOKIE_AGE = 12 * 60 * 60
IDLE_MINUTES = env.whole("CDD4_IDLE_MINUTES", default=30, least=5, most=720)  # central staff and judges
IDLE_MINUTES_OFFICERS = env.whole("CDD4_IDLE_MINUTES_OFFICERS", default=0, least=0, most=720)  # 0: none of their own
ACCOUNT_EVENT_DAYS = env.whole("CDD4_ACCOUNT_EVENT_DAYS", default=180, least=90, most=3650)  # the law asks for 90

# The portal's own address, for links in what is sent out.
_host = ALLOWED_HOSTS[0].lstrip(".") if ALLOWED_HOSTS and ALLOWED_HOSTS[0] != "*" else "localhost"
PORTAL_URL = (
    env.url("CDD4_URL", example="https://cdd.example.go.th", schemes=("http", "https"), required=False)
    or f"{'https' if PRODUCTION else 'http'}://{_host}"
).rstrip("/")
CONTACT = env.text("CDD4_CONTACT")  # telephone and mail of whoever helps, at the foot of every page
EMBLEM = env.picture("CDD4_EMBLEM", DATA_DIR)  # instead of the portal's own mark

CSRF_TRUSTED_ORIGINS = [PORTAL_URL]  # the proxy names the host without its port

# What is public without a log-in.
DATA_LICENCE = env.choice("CDD4_DATA_LICENCE", "CC-BY-4.0", ("CC-BY-4.0", "CC0-1.0", "ODC-BY-1.0"))  # of open data
PRACTICE_IS_PUBLIC = env.mode == "development"  # the demonstration has no other rounds

# Mail: links that reset a password, and notices. Without a server nothing is sent; it is written to the log.
EMAIL_HOST = env.text("CDD4_EMAIL_HOST")
EMAIL_PORT = env.whole("CDD4_EMAIL_PORT", default=587, least=1, most=65535)
EMAIL_HOST_USER = env.text("CDD4_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.secret("CDD4_EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("CDD4_EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("CDD4_EMAIL_FROM", default="portal@localhost")

# Errors of the portal's own go to whoever runs it, by mail and to a Sentry or GlitchTip.
ADMINS = [("", address) for address in env.words("CDD4_ADMINS")]
if any("@" not in address for _name, address in ADMINS):
    env.fault("CDD4_ADMINS", "must name mail addresses, separated by commas")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SENTRY_DSN = env.url("CDD4_SENTRY_DSN", example="https://key@host/1", schemes=("http", "https"), required=False)
METRICS_TOKEN = env.secret("CDD4_METRICS_TOKEN")  # without one there are no metrics
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    env.fault("CDD4_METRICS_TOKEN", "must have at least 20 characters")

# LINE: off until there is a token of the portal's own LINE account.
LINE_TOKEN = env.secret("CDD4_LINE_TOKEN")
LINE_SECRET = env.secret("CDD4_LINE_SECRET")  # signs what LINE tells of who wrote to that account
LINE_API = (
    env.url("CDD4_LINE_API", example="https://api.line.me", schemes=("http", "https"), required=False)
    or "https://api.line.me"
)
if LINE_TOKEN and not LINE_SECRET:
    env.fault("CDD4_LINE_SECRET", "(or CDD4_LINE_SECRET_FILE) must be set with CDD4_LINE_TOKEN")

# Webhooks: other programs' machines inside the own network, which may be called, also without TLS.
WEBHOOK_NETWORKS = env.networks("CDD4_WEBHOOK_NETWORKS")

# With what papers are signed. Only the worker of documents needs these files, and reads them when it signs.
PAPER_KEY = env.path("CDD4_PAPER_KEY")  # PEM, or PKCS#12 (.p12, .pfx) with the certificates in it
PAPER_CERTIFICATE = env.path("CDD4_PAPER_CERTIFICATE")  # PEM: the key's own, and those that lead to its authority
PAPER_PASSPHRASE = env.secret("CDD4_PAPER_PASSPHRASE")  # of all keys of papers
CREDENTIAL_KEY = env.path("CDD4_CREDENTIAL_KEY")  # PEM, Ed25519
TSA_URL = env.url("CDD4_TSA_URL", example="https://tsa.example.go.th", schemes=("http", "https"), required=False)
if PAPER_KEY and PAPER_KEY.suffix not in (".p12", ".pfx") and not PAPER_CERTIFICATE:
    env.fault("CDD4_PAPER_CERTIFICATE", "must be set with CDD4_PAPER_KEY, unless that is a .p12 or .pfx file")

# The files of the keys by which heads of the log are signed: the newest first, then the one whose place it takes. Only
# the part that seals is told of them.
HEAD_KEYS = env.words("CDD4_HEAD_KEY")

# Safe by default.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked by the container's own health check, inside
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
# In production browsers hold these cookies to this very host, and to TLS.
_host_only = "__Host-" if PRODUCTION else ""
SESSION_COOKIE_NAME = f"{_host_only}sessionid"
CSRF_COOKIE_NAME = f"{_host_only}csrftoken"
LANGUAGE_COOKIE_NAME = f"{_host_only}django_language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"  # the file shown beside a judge's decision is the exception, made by its view

# The queue: ids only, disposable. Publishing gives up quickly; the sweeper finds what was not sent.
redis_url = env.url(
    "CDD4_REDIS_URL", example="redis://host:6379/0", schemes=("redis", "rediss", "redis+socket"), required=PRODUCTION
)
QUEUE_DIR = DATA_DIR / "queue"  # where there is no Redis
CELERY_BROKER_URL = env.with_password(redis_url, "CDD4_REDIS_PASSWORD") or "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "data_folder_in": str(QUEUE_DIR),
    "data_folder_out": str(QUEUE_DIR),
    "control_folder": str(QUEUE_DIR / "control"),
    "polling_interval": None if redis_url else 0.1,  # seconds between looks into the folder
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "socket_keepalive": True,
    "health_check_interval": 5,  # a worker notices a dead connection in about 15 s
    "visibility_timeout": 60,  # a killed worker's tasks come back after it
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
# Sending must not hold up a request. kombu tries again after 2 and 4 seconds unless told not to, whatever `retry` says.
CELERY_BROKER_PUBLISH_TRANSPORT_OPTIONS = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2, "max_retries": 0}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its queue for as long as it takes
CELERY_TASK_PUBLISH_RETRY = False
CELERY_ACCEPT_CONTENT = ["json"]  # which is what is sent, too
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_DB_REUSE_MAX = 500  # tasks; Celery would open a connection for each
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_IMPORTS = ["cdd4.alarms"]
CELERY_TASK_DEFAULT_QUEUE = schedule.DEFAULT
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_ROUTES = schedule.ROUTES
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULER = "cdd4.beat:Clock"
CELERY_BEAT_SCHEDULE = schedule.BEAT

# Libraries.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "submissions.api.base.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "submissions.api.scopes.InScope"],
    "DEFAULT_PARSER_CLASSES": ["submissions.api.base.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "submissions.api.base.explain",
    "DEFAULT_SCHEMA_CLASS": "submissions.api.description.Described",
    "DEFAULT_PAGINATION_CLASS": "submissions.api.lists.Pages",
    "PAGE_SIZE": 100,
    "COERCE_DECIMAL_TO_STRING": True,
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "NUM_PROXIES": PROXIES,
    "DEFAULT_THROTTLE_RATES": {"anon": "30/min", "user": "600/min"},
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
KNOX_TOKEN_MODEL = "submissions.Token"  # noqa: S105  a model
REST_KNOX = {"AUTO_REFRESH": False, "TOKEN_LIMIT_PER_USER": 10}
TOKEN_DAYS = env.whole("CDD4_TOKEN_DAYS", default=366, least=0, most=3660)  # a token's life at most; 0: without end
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
LOGGING = logs.configuration(
    env.choice("CDD4_LOG_FORMAT", "line", ("line", "json")),
    env.choice("CDD4_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    has_admins=bool(ADMINS),
)

try:
    for folder in (QUEUE_DIR, FILE_UPLOAD_TEMP_DIR, MEDIA_ROOT, *(() if PRODUCTION else (STATIC_ROOT,))):
        folder.mkdir(parents=True, exist_ok=True)
except OSError as error:
    env.fault("CDD4_DATA_DIR", f"is {str(DATA_DIR)!r}, which cannot be written ({error.strerror})")
env.finish()
alarms.report_to(SENTRY_DSN, env.mode)
