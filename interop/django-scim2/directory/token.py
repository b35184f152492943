"""Who asks: a service account with the right token, or nobody."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser


class BearerToken:
    def __init__(self, respond):
        self.respond = respond

    def __call__(self, request):
        if request.headers.get("Authorization") == f"Bearer {settings.INTEROP_TOKEN}":
            request.user = get_user_model()(username="service")
        else:
            request.user = AnonymousUser()
        return self.respond(request)
