"""A Django project in one file that serves django-scim2.

usage: serve.py PORT TOKEN DATABASE
"""

import sys

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from waitress import serve

port, token, database = sys.argv[1:4]

settings.configure(
    SECRET_KEY="only for tests",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="directory.urls",
    APPEND_SLASH=False,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    AUTH_USER_MODEL="directory.User",
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "directory",
        "django_scim",
    ],
    MIDDLEWARE=[
        "directory.token.BearerToken",
        "django_scim.middleware.SCIMAuthCheckMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": database,
            "OPTIONS": {"timeout": 20},
        }
    },
    SCIM_SERVICE_PROVIDER={
        "SCHEME": "http",
        "NETLOC": f"127.0.0.1:{port}",
        "GROUP_MODEL": "directory.models.Group",
        "EXPOSE_SCIM_EXCEPTIONS": True,
        "WWW_AUTHENTICATE_HEADER": 'Bearer realm="interop"',
        "AUTHENTICATION_SCHEMES": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "A token that was agreed upon",
            }
        ],
    },
    INTEROP_TOKEN=token,
)
django.setup()
call_command("migrate", run_syncdb=True, verbosity=0)
serve(get_wsgi_application(), host="127.0.0.1", port=int(port), threads=4, _quiet=True)
