"""Django: a view keeps one QuerySet in a global, and with it every row that it
ever fetched."""

import scene

scene.needs("django")

import django  # noqa: E402
from django.conf import settings  # noqa: E402

settings.configure(DATABASES={"default": {
    "ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()

from django.db import connection, models  # noqa: E402

import referrers  # noqa: E402

site = scene.module("site_views", """
LATEST = None
def index(articles):
    global LATEST
    LATEST = articles
    return len(articles)
""")


class Article(models.Model):
    title = models.CharField(max_length=80)

    class Meta:
        app_label = "news"


with connection.schema_editor() as editor:
    editor.create_model(Article)
for i in range(300):
    Article.objects.create(title="Article %d" % i)
site.index(Article.objects.filter(title__startswith="Article"))
scene.draw(referrers.get_referrer_graph(
    site.LATEST[7], module_prefixes=["site_views"]))
