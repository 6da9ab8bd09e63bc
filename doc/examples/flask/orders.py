"""A Flask application whose error report keeps every failed request."""

import flask

from alive import Alive

app = flask.Flask(__name__)
app.wsgi_app = Alive(app.wsgi_app)
unreported = []


@app.route("/order/<int:number>")
def order(number):
    request = flask.request._get_current_object()
    if number % 2:
        raise LookupError("no order %d" % number)
    return "order %d for %s" % (number, request.args["customer"])


@app.errorhandler(LookupError)
def not_found(error):
    unreported.append(error)        # str(error) would have done
    return "not found", 404
