"""Flask: the data of one upload outlives its request, because a function that
was registered for later remembers it."""

import scene

scene.needs("flask")

shop = scene.module("shop", """
import io
import flask

app = flask.Flask('shop')
AFTER = []

class Upload:
    def __init__(self, data):
        self.data = data

@app.post('/upload')
def upload():
    received = Upload(flask.request.get_data())
    def audit():
        print('received', len(received.data))
    AFTER.append(audit)
    flask.g.upload = received
    return 'ok'
""")
shop.app.test_client().post("/upload", data=b"x" * 100000)

import referrers  # noqa: E402

scene.draw(referrers.get_referrer_graph(
    shop.AFTER[0].__closure__[0].cell_contents, module_prefixes=["shop"]))
