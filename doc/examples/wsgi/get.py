"""python get.py URL...: what a browser would show, once the server is there."""

import sys
import time
import urllib.error
import urllib.request


def get(url, seconds=60):
    for _ in range(seconds * 10):
        try:
            return urllib.request.urlopen(url)
        except urllib.error.HTTPError as error:
            return error
        except OSError:
            time.sleep(0.1)
    raise SystemExit("no answer from %s" % url)


for url in sys.argv[1:]:
    with get(url) as page:
        print(page.read().decode().rstrip("\n"))
