# A Flask application whose error report keeps every failed request alive.
# draw: -e 'watched[0]()'
"""The view fails for some requests; the handler appends the exception to a
list, to be reported later.  The exception has its traceback, the traceback has
the frames, and their variables have the request.
"""

import weakref

import flask

app = flask.Flask(__name__)
unreported: list[LookupError] = []
# weak references to the request objects
watched: list[weakref.ref[flask.Request]] = []


@app.route("/order/<int:number>")
def order(number: int) -> str:
    # flask.request is a proxy for it.
    request = flask.globals.request_ctx.request
    watched.append(weakref.ref(request))
    if number % 2:
        raise LookupError("no order %d" % number)
    return "order %d for %s" % (number, request.args["customer"])


@app.errorhandler(LookupError)
def not_found(error: LookupError) -> tuple[str, int]:
    unreported.append(error)  # str(error) would have done
    return "not found", 404


client = app.test_client()
for number in range(1, 7):
    client.get("/order/%d?customer=ann" % number)

alive = sum(reference() is not None for reference in watched)
print("%d requests answered, %d still alive" % (len(watched), alive))
