"""The receiver with Django, with a probe: ``gunicorn probe_django:app --bind 127.0.0.1:8000``."""

from django.http import JsonResponse
from django.urls import path
from with_django import EVENTS, app, urlpatterns

__all__ = ["app"]


def probe(_request):
    return JsonResponse(EVENTS)


urlpatterns.append(path("probe", probe))
