"""What --help says around the list of options."""

EXAMPLE = """\
Draws what holds a reference to a Python object.  For example:

  python -m referrers.dot -e 'app.cache' -o cache.svg app.py --port 0

runs app.py with its argument --port 0, evaluates app.cache in its namespace
when it has ended, and draws what refers to that object into cache.svg.
"""

NOTES = """\
SCRIPT may be a file, or a directory or zip file with a __main__.py.  Without
SCRIPT and -m the expression sees what -s made; `json.decoder.NaN` imports
json.decoder when nothing is called json yet.
When the graph goes to standard output, what the program prints goes to
standard error.

More examples:

  -e self.cache --at app.py:40 app.py        in a function, at a line of it
  -e row --at Table.save --count 3 -m shop   when it is called the third time
  -e order --on-exception app.py             where it went wrong
  --type app.Session --most 3 app.py         whatever holds the first three
  -e 'app.queue' --each -T txt -m app        each item of a list

Exit status: that of the program when something was drawn (0 without one, and
after --at without --continue); 1 its code or the expression failed, or --at
was not reached, 2 usage, 3 the graph could not be drawn or written,
130 interrupted.
"""
