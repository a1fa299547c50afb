"""Settings: one file; the environment decides (docs/operations.md lists what it may say)."""

import os
from pathlib import Path

import environ
from celery.schedules import crontab, schedule
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from partnership.environment import is_demo, kept_secret, missing_for_production, refuse_to_start

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
DEMO = is_demo(DATA_DIR)
if not DEMO:
    refuse_to_start(missing_for_production(dict(os.environ)))

# ── secrets and addresses ────────────────────────────────────────────────────
SECRET_KEY = env.str("SECRET_KEY", "") or kept_secret(DATA_DIR, "secret_key")
RSVP_KEY = env.str("RSVP_KEY", "") or kept_secret(DATA_DIR, "rsvp_key")
RSVP_KEY_FALLBACKS = env.list("RSVP_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", False)
SITE_URL = env.str("SITE_URL", f"http://127.0.0.1:{env.str('PORT', '8000')}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[environ.urlparse(SITE_URL).hostname, *(["127.0.0.1", "localhost"] if DEMO else [])])
HTTPS = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# ── what it is made of ───────────────────────────────────────────────────────
INSTALLED_APPS = [
    "partnership",  # before the admin, whose templates it overrides
    "municipalities",
    "events",
    "partnership.apps.PartnershipAdminConfig",  # django.contrib.admin with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "django_filters",
    "simple_history",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "partnership.middleware.HeadersMiddleware",
    "partnership.middleware.GuardMiddleware",  # before anything reads the request; after what only adds headers
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partnership.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "partnership.middleware.SignInMiddleware",  # says on the login page what became of a form
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]
ROOT_URLCONF = "partnership.urls"
WSGI_APPLICATION = "partnership.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "partnership.context.common",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ── data ─────────────────────────────────────────────────────────────────────
DATABASES = {"default": env.db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'partnership.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets readers and one writer work side by side; IMMEDIATE takes the write lock at once instead of failing later.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
    }
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.cache_url("CACHE_URL", "locmemcache://")}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
MAX_BODY = 22 * 2**20  # bytes of one request with its files (20 MB of these); anything larger is refused before it is read
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000  # the 341 rows of a recipients' page with four fields each fit

# ── who gets in ──────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "partnership.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "landing"
ACCOUNT_ADAPTER = "partnership.adapter.AccountAdapter"  # sign-up closed, mails through the outbox
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 60 * 30  # mail gateways of local governments take their time
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True  # twice, for mail that a gateway swallowed
# the usual limits, and one a day: nobody fills a stranger's mailbox with codes
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/m/ip,3/m/key,40/d/key"}
ACCOUNT_EMAIL_VERIFICATION = "none"  # whoever gives an account has written its address down as verified
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # an address without an account gets no mail, and the page looks the same
ACCOUNT_SESSION_REMEMBER = True  # for SESSION_COOKIE_AGE, without a box to tick
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 1 if HTTPS else 0)  # whose X-Forwarded-For the rate limits believe
SESSION_COOKIE_AGE = 60 * 60 * 10  # a working day; officials write long forms
SESSION_SAVE_EVERY_REQUEST = False

# ── languages and time ───────────────────────────────────────────────────────
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Tokyo"

# ── static files ─────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "attachments": {
        "BACKEND": "partnership.storage.DurableStorage",
        "OPTIONS": {"location": DATA_DIR / "attachments", "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# ── files that people send (partnership/attachments.py) ──────────────────────
CLAMD = env.str("CLAMD", "")  # tcp://host:3310 or unix:/run/clamav/clamd.ctl; empty: files are not scanned
SCAN_SWEEP = 60  # seconds until files that wait for the scanner are tried again

# ── what a browser may do ────────────────────────────────────────────────────
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "partnership.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]  # probes come without https
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

# ── mail (partnership/mailer.py) ─────────────────────────────────────────────
EMAIL_URL = env.str("EMAIL_URL", "mailbox:")
EMAIL_BACKEND = "partnership.mail_backend.OutboxBackend"  # nothing is sent around the outbox
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 60)
MAIL_FROM = env.str("MAIL_FROM", "Local Partnership Cooperation Division <reception@mofa.example.jp>")
MAIL_NAME_JA = env.str("MAIL_NAME_JA", "外務省 地方連携推進室")  # the sender's name on Japanese mails, before the same address
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM
MAIL_BOUNCES = env.str("MAIL_BOUNCES", "bounce@mofa.example.jp" if DEMO else "")  # reports of failure come to bounce+<mail>.<signature>@…
INBOX_URL = env.str("INBOX_URL", f"maildir:{DATA_DIR / 'inbox'}" if DEMO else "")  # the mailbox behind both addresses
INBOX_SWEEP = env.int("INBOX_SWEEP", 60)  # seconds between two looks into it
CONTACT_EMAIL = env.str("CONTACT_EMAIL", "reception@mofa.example.jp" if DEMO else "")  # shown to guests where an event names nobody
CONTACT_PHONE = env.str("CONTACT_PHONE", "03-0000-0000" if DEMO else "03-3580-3311")
MAIL_LEASE = env.int("MAIL_LEASE", 120)  # seconds; longer than EMAIL_TIMEOUT, so that a slow server is not taken for a dead worker
MAIL_SWEEP = env.int("MAIL_SWEEP", 30)  # seconds between two sweeps of beat
MAIL_MARK = env.str("MAIL_MARK", str(DATA_DIR / "mail_mark"))  # shows when the database went back in time (partnership/restores.py)
MAIL_EVIDENCE_WAIT = env.int("MAIL_EVIDENCE_WAIT", 1800)  # seconds until a purpose's default settles a mail of which nobody knows anything
MAIL_RETRY = env.list(
    "MAIL_RETRY", cast=int, default=[300, 900, 1800, 3600, 7200, 14400]
)  # seconds until the next attempt; the last repeats
MAIL_RETRY_GREYLISTED = env.list("MAIL_RETRY_GREYLISTED", cast=int, default=[300, 900, 1800, 3600, 7200])  # where each new sender waits
MAIL_BACKOFF = env.list("MAIL_BACKOFF", cast=int, default=[5, 10, 20, 40, 80, 160, 300])  # seconds until our own server is tried again
MAIL_ALERT = env.int("MAIL_ALERT", 300)  # seconds without our server after which people are told
MAIL_RATE = env.int("MAIL_RATE", 0)  # mails a minute for our server; 0: as fast as it takes them
MAIL_DOMAIN_RATE = env.int("MAIL_DOMAIN_RATE", 0)  # the same for each domain of recipients
MAIL_CONNECTIONS = env.int("MAIL_CONNECTIONS", 3)  # connections that one process keeps at most

# ── Celery (wake-ups only) ───────────────────────────────────────────────────
CELERY_BROKER_URL = env.str("BROKER_URL", "memory://localhost")
EMBEDDED_WORKER = CELERY_BROKER_URL.startswith("memory:")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "partnership"
if EMBEDDED_WORKER:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.05}
    CELERY_WORKER_PREFETCH_MULTIPLIER = 0
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 5, "socket_connect_timeout": 2}
    CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BEAT_SCHEDULE = {
    "sweep the outbox": {"task": "partnership.tasks.sweep", "schedule": schedule(MAIL_SWEEP), "options": {"expires": MAIL_SWEEP}},
    "read what came in": {"task": "partnership.tasks.read_inbox", "schedule": schedule(INBOX_SWEEP), "options": {"expires": INBOX_SWEEP}},
    "seal the audit trail": {"task": "partnership.tasks.seal", "schedule": schedule(300), "options": {"expires": 300}},
    "scan files": {"task": "partnership.tasks.scan_attachments", "schedule": schedule(SCAN_SWEEP), "options": {"expires": SCAN_SWEEP}},
    "sweep files": {"task": "partnership.tasks.sweep_attachments", "schedule": crontab(hour=3, minute=50), "options": {"expires": 36_000}},
    "file ended requests": {"task": "municipalities.tasks.nightly", "schedule": crontab(hour=2, minute=40), "options": {"expires": 36_000}},
    "forget old sessions": {
        "task": "partnership.tasks.clear_sessions",
        "schedule": crontab(hour=4, minute=10),
        "options": {"expires": 36_000},
    },
    "care for accounts": {
        "task": "municipalities.tasks.care_for_accounts",
        "schedule": crontab(hour=8, minute=30),  # its mails arrive when the offices open
        "options": {"expires": 36_000},
    },
    "remind deciders": {
        "task": "partnership.tasks.remind_deciders",
        "schedule": crontab(hour=8, minute=40),  # when the offices open
        "options": {"expires": 28_000},
    },
    "purge personal data": {"task": "partnership.tasks.purge", "schedule": crontab(hour=3, minute=20), "options": {"expires": 36_000}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat")

# ── logs: to the standard error stream, for whoever runs the process to keep ─
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "partnership.logs.MaskingFormatter", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": [], "level": "WARNING"}},  # no mails about errors; the root writes them
}
