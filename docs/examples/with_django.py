"""A receiver with Django, in one file: ``gunicorn with_django:app --bind 127.0.0.1:8000``."""

import json
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from signature import is_signed

KEY = os.environ.get("CALLBACK_SIGNATURE_KEY", "a-key-of-your-own")
EVENTS = {}  # a table of yours, by eventId


@csrf_exempt  # the signature says who it is from
@require_POST
def callbacks(request):
    if not is_signed(request.body, KEY, request.headers.get("Elements-Webhook-Signature", "")):
        return HttpResponse(status=401)
    message = json.loads(request.body).get("message")
    if isinstance(message, dict) and "events" in message:  # a bulk job's end has none
        EVENTS.setdefault(message["eventId"], message["events"])  # what comes again is done once
    return HttpResponse(status=204)


urlpatterns = [path("callbacks", callbacks)]
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
app = get_wsgi_application()
