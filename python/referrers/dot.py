"""`python -m referrers.dot`: the graph of an expression, from a shell.

    python -m referrers.dot -e 'app.cache' -o cache.svg app.py

runs app.py as its own ``__main__``, evaluates the expression there when the
program has ended, and draws what holds the result.  --help has the rest.
"""

# This module runs under the name __main__ and is then replaced by the
# program's own __main__.  All the work is done elsewhere, so that it happens
# in frames of this package, which the engine leaves out of the answer.
try:
    from referrers._command import main
except KeyboardInterrupt:
    import os
    os.write(2, b"referrers: interrupted\n")
    os._exit(130)

if __name__ == "__main__":
    raise SystemExit(main())
