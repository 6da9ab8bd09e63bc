"""A Django project in one file: a signal's receiver keeps what it was told."""

import os
import sys

import django.core.signals
import django.core.wsgi
import django.http
import django.urls
from django.conf import settings
from django.core.management import execute_from_command_line

from alive import Alive

settings.configure(DEBUG=True, ROOT_URLCONF=__name__, SECRET_KEY="not secret",
                   ALLOWED_HOSTS=["*"], WSGI_APPLICATION="manage.application")
sys.modules["manage"] = sys.modules[__name__]


class Audit:
    def __init__(self):
        self.seen = []

    def note(self, request, **more):
        self.seen.append(request)   # request.path would have done


audit = Audit()
viewed = django.dispatch.Signal()
viewed.connect(audit.note)


def page(request, name):
    viewed.send(sender=None, request=request)
    return django.http.HttpResponse("page %s" % name)


urlpatterns = [django.urls.path("page/<name>", page)]
application = Alive(django.core.wsgi.get_wsgi_application())

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
