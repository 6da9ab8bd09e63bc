"""`python -m referrers.dot`: what it runs, what it shows, how it ends."""

import os
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree

import pytest

from conftest import HAS_GIL, run_on_terminal

LIST_TREE = "╙── list instance (id=N)\n"


def write(directory, name, text):
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


# --- what it shows ---------------------------------------------------------

def test_dot_on_standard_output_is_the_default(command):
    result = command("-e", "x", "-s", "x = []")
    assert result.status == 0
    assert result.text.split(None, 1)[0] in ("digraph", "strict")
    assert result.text.rstrip().endswith("}")
    assert result.errors == ""


@pytest.mark.parametrize("name, start", [
    ("g.dot", b"digraph"), ("g.svg", b"<svg "), ("g.PNG", b"\x89PNG\r\n"),
    ("g.pdf", b"%PDF-"), ("g.txt", "╙── list".encode())])
def test_suffix_of_the_file_says_the_format(command, tmp_path, name, start):
    result = command("-e", "x", "-s", "x = []", "-o", name)
    assert (result.status, result.output, result.errors) == (0, b"", "")
    assert (tmp_path / name).read_bytes().startswith(start)


def test_T_wins_over_the_suffix(command, tmp_path):
    assert command("-e", "x", "-s", "x = []", "-o", "g.svg",
                   "-T", "txt").status == 0
    assert (tmp_path / "g.svg").read_text().startswith("╙── list instance")


def test_svg_on_standard_output_is_xml(command):
    result = command("-e", "x", "-s", "x = {'a': []}", "-T", "svg")
    root = xml.etree.ElementTree.fromstring(result.output)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


def test_dash_is_standard_output(command):
    assert command("-e", "[]", "-T", "txt", "-o", "-").output
    assert command("-e", "[]", "-T", "txt", "-o", "/dev/stdout").output


@pytest.mark.parametrize("arguments, tree", [
    # A fresh object: nothing refers to it, and certainly not the command.
    (("-e", "[]"), LIST_TREE),
    (("-e", "object()"), "╙── object instance (id=N)\n"),
    # Constants of the expression, words of the command line.
    (("-e", "(1, ('a', 2))"), "╙── tuple instance (id=N)\n"),
    (("-e", "'ab' 'cd efg'"), "╙── str instance (id=N)\n"),
    (("-e", "x", "-s", "x = []"), LIST_TREE
     + "    └─╼ __main__.x (module variable) (id=N)\n"),
    (("-e", "x", "-s", "x = []", "-s", "y = {'k': x}"), LIST_TREE
     + "    ├─╼ dict[k] (id=N)\n"
     + "    │   └─╼ __main__.y (module variable) (id=N)\n"
     + "    └─╼ __main__.x (module variable) (id=N)\n"),
    # What the expression imports is not left behind as a name.
    (("-e", "json.decoder"), None),
    (("-e", "globals()"), None),
], ids=["list", "object", "tuple", "str", "variable", "dict", "module",
        "namespace"])
def test_nothing_of_the_command_is_in_the_answer(command, no_ids, arguments,
                                                 tree):
    result = command("-T", "txt", *arguments)
    assert result.status == 0, result.errors
    if not HAS_GIL:  # a code object goes with the next collection only
        result.output = re.sub(rb".*code\.co_consts.*\n", b"", result.output)
    if tree is not None:
        assert no_ids(result.text) == tree
    assert "referrers" not in result.text
    assert "_Task" not in result.text
    assert "<expression>" not in result.text
    assert "__main__.json" not in result.text


def test_argv_of_the_program_is_held_by_sys_only(command, tmp_path, no_ids):
    write(tmp_path, "p.py", "")
    result = command("-e", "sys.argv[1]", "-T", "txt", "p.py", "a word of it")
    # sys.orig_argv is the interpreter's own list; its strings are others.
    assert no_ids(result.text) == (
        "╙── str instance (id=N)\n"
        "    └─╼ list[1] (id=N)\n"
        "        └─╼ sys.argv (module variable) (id=N)\n")


def test_the_exception_that_ended_the_program_is_no_referrer(
        command, tmp_path, no_ids):
    write(tmp_path, "p.py", "x = []\n"
          "def f(local):\n    raise ValueError(local)\nf(x)\n")
    result = command("-e", "x", "-T", "txt", "p.py")
    assert no_ids(result.text) == (
        LIST_TREE + "    └─╼ __main__.x (module variable) (id=N)\n")


def test_untracked_objects_are_searched(command, no_ids):
    result = command("-T", "txt", "-s", "d = {'a': 1}", "-e", "d")
    assert no_ids(result.text) == (
        "╙── dict instance (id=N)\n"
        "    └─╼ __main__.d (module variable) (id=N)\n")


def test_a_list_of_nothing_is_said(command):
    result = command("-T", "txt", "-e", "[]", "--each")
    assert result.text == ""
    assert result.errors == (
        "referrers: the expression gave no items, so there is no object to ask "
        "about\n")
    assert result.status == 0


def test_options_of_the_search(command, no_ids):
    deep = ("-s", "x = []; y = [x]; z = [y]", "-T", "txt", "-e", "x")
    result = command(*deep, "--max-depth", "0")
    assert no_ids(result.text) == (
        LIST_TREE + "    └─╼ … depth limit of 0 reached\n")
    many = ("-s", "x = []; y = [x] * 50", "-T", "txt", "-e", "x")
    assert "… 47 more list[…]" in command(*many, "--referrer-limit", "3").text
    assert "… 46 more list[…]" in command(*many, "--referrer-limit", "none").text
    assert "more" not in command(*many, "--referrer-limit", "none",
                                 "--max-lines", "none").text
    result = command(*deep, "--exclude", "y")
    assert no_ids(result.text) == (
        LIST_TREE + "    └─╼ __main__.x (module variable) (id=N)\n")


def test_options_of_the_picture(command):
    setup = ("-s", "class K: pass\nk = K(); boxes = [[k] for n in range(9)]",
             "-e", "k")
    plain = command(*setup).text
    titled = command(*setup, "--title", "Why <K> is \"alive\" \\N").text
    assert "Why &lt;K&gt; is" in titled and "Why" not in plain
    address = command(*setup, "-s", "print(hex(id(k)))", "--addresses")
    assert address.errors.strip() in address.text
    assert "0x" not in plain
    assert "rankdir=LR" in command(*setup, "--rankdir", "LR").text
    assert len(command(*setup, "--max-objects", "3").text) < len(plain)
    assert "paths only" not in plain
    assert "paths only" in command(*setup, "--paths").text
    if HAS_GIL:
        assert command(*setup, "--no-paths").text == plain


# --- what it runs ----------------------------------------------------------

TELL = """\
import sys
print([sys.argv, __name__, __file__, __package__, __spec__ and __spec__.name,
       type(__loader__).__name__, sys.path[0], __builtins__ is sys.modules[
       'builtins'], sorted(globals()), sys._getframe().f_code.co_filename,
       sys.modules['__main__'].__dict__ is globals()])
"""


@pytest.mark.parametrize("program", [
    ("p.py",), ("p.py", "-o", "x", "--help", "--", "-e", "1"),
    ("link.py", "a"), ("d/p.py", ""), ("pack", "1"), ("z.zip", "2"),
    ("-m", "p", "-o", "x"), ("-m", "pack", "1"), ("-m", "pack.sub")])
def test_a_program_sees_what_python_would_show_it(command, python, tmp_path,
                                                  program):
    for name in ("p.py", "d/p.py", "pack/__main__.py", "pack/sub.py"):
        write(tmp_path, name, TELL)
    (tmp_path / "link.py").symlink_to("d/p.py")
    subprocess.run([sys.executable, "-m", "zipfile", "-c", "../z.zip",
                    "__main__.py"], cwd=tmp_path / "pack", check=True)
    expected = python(*program, cwd=tmp_path)
    result = command("-e", "1", "-o", "x.txt", *program)
    assert result.text == expected.text
    assert (result.status, result.errors) == (0, "")


def test_setup_runs_first_and_shares_the_namespace(command, tmp_path):
    write(tmp_path, "p.py", "b = a + [2]\n")
    result = command("-s", "a = [1]", "-s", "a += [0]", "-T", "txt",
                     "-e", "{'t': print(b)} and b", "p.py")
    assert result.errors == "[1, 0, 2]\n"
    assert result.status == 0


def test_classes_of_the_program_can_be_pickled(command, tmp_path):
    """sys.modules['__main__'] is the program's namespace."""
    write(tmp_path, "p.py", "import pickle\nclass K: pass\n"
          "k = pickle.loads(pickle.dumps(K()))\n")
    assert command("-e", "k", "-T", "txt", "p.py").text.startswith("╙── K ins")


def test_output_of_the_program_goes_to_standard_error(command, tmp_path):
    """... when the graph has standard output, also from below Python."""
    write(tmp_path, "p.py", "import os\nprint('a')\nos.system('echo b')\n"
          "import atexit\natexit.register(print, 'c')\n")
    result = command("-e", "[]", "-T", "txt", "p.py")
    assert result.text.startswith("╙── list") and result.text.count("\n") == 1
    assert sorted(result.errors.split()) == ["a", "b", "c"]
    result = command("-e", "[]", "-o", "g.txt", "p.py")
    assert sorted(result.text.split()) == ["a", "b", "c"]


def test_values_that_begin_with_a_dash(command, no_ids):
    for arguments in (("-e", "-x"), ("-e-x",), ("--expr", "-x"),
                      ("--expr=-x",)):
        result = command("-s", "x = 2.5", "-T", "txt", *arguments)
        assert no_ids(result.text) == "╙── float instance (id=N)\n"


def test_dotted_expression_imports(command, tmp_path):
    write(tmp_path, "app/__init__.py", "")
    write(tmp_path, "app/models.py", "cache = [[]]\n")
    for expression in ("app.models.cache", "app.models.cache[0]",
                       "[c for c in app.models.cache][0]"):
        result = command("-e", expression, "-T", "txt")
        assert result.status == 0, result.errors
        assert "app.models.cache (module variable)" in result.text


def test_names_of_the_expression_and_the_program_are_not_imported(command):
    for code in ("(lambda json: json.x)(y)", "[json.x for json in [y]][0]"):
        result = command("-s", "class y: x = []", "-e", code, "-T", "txt")
        assert result.status == 0, result.errors
    result = command("-s", "class json: x = []", "-e", "json.x", "-T", "txt")
    assert "json.x (class attribute)" in result.text


def test_a_program_with_threads_left_is_drawn_first(command, tmp_path):
    """... and the interpreter waits for them as usual."""
    write(tmp_path, "p.py", """\
import os, threading, time
x = []
def wait():
    while not os.path.exists('g.txt'):
        time.sleep(0.01)
    print('seen')
threading.Thread(target=wait).start()
""")
    result = command("-e", "x", "-o", "g.txt", "p.py")
    assert (result.status, result.text, result.errors) == (0, "seen\n", "")


# --- how it ends -----------------------------------------------------------

@pytest.mark.parametrize("end, status", [
    ("sys.exit(3)", 3), ("sys.exit()", 0), ("sys.exit(0)", 0),
    ("sys.exit('no')", 1), ("1 / 0", 1), ("raise KeyboardInterrupt", 130)])
def test_the_status_is_the_programs_own(command, tmp_path, end, status):
    write(tmp_path, "p.py", "import sys\nx = []\n" + end + "\n")
    result = command("-e", "x", "-T", "txt", "p.py")
    assert result.status == status
    assert result.text.startswith("╙── list instance")
    assert ("Traceback" in result.errors) == ("sys" not in end)


def test_traceback_of_the_program_is_without_our_frames(command, tmp_path):
    path = write(tmp_path, "p.py", "def f():\n    1 / 0\nf()\n")
    result = command("-e", "f", "p.py")
    files = [line.split('"')[1] for line in result.errors.splitlines()
             if line.startswith("  File")]
    assert files == [str(path), str(path)]
    assert result.said == ["referrers: the program ended with "
                           "ZeroDivisionError: division by zero; drawn as it "
                           "was at that moment"]


@pytest.mark.parametrize("arguments, status, line", [
    # the user's code
    (("-e", "nothing"), 1, "the expression failed: NameError: name 'nothing'"),
    (("-e", "no_such_module.x"), 1, "the expression failed: NameError"),
    (("-e", "1 / 0"), 1, "the expression failed: ZeroDivisionError"),
    (("-e", "exit(7)"), 1, "the expression failed: SystemExit: 7"),
    (("-e", "1 +"), 1, "-e is not an expression: SyntaxError"),
    (("-e", "x = 1"), 1, "-e is not an expression: SyntaxError"),
    (("-e", ""), 1, "-e is not an expression: SyntaxError"),
    (("-e", "1", "--exclude", "("), 1, "--exclude is not an expression: Synt"),
    (("-e", "1", "--exclude", "q"), 1, "the --exclude expression failed: Nam"),
    (("-e", "1", "-s", "1 / 0"), 1, "the setup code failed: ZeroDivisionErr"),
    (("-e", "1", "-s", "def"), 1, "the setup code failed: SyntaxError"),
    (("-e", "1", "-s", "exit(0)"), 1, "the setup code failed: SystemExit: 0"),
    (("-e", "1", "wrong.py"), 1, "the program cannot be loaded: SyntaxError"),
    (("-e", "1", "-m", "wrong"), 1, "the program cannot be loaded: SyntaxErr"),
    (("-e", "1", "-m", "absent.x"), 1, "no module named absent.x"),
    (("-e", "1", "-m", "."), 1, "no module named ."),
    (("-e", "1", "-m", "empty"), 1, "no module named empty.__main__"),
    (("-e", "y", "exits.py"), 1, "the expression failed: NameError"),
    # usage
    ((), 2, "which object?"),
    (("-e",), 2, "-e needs a value"),
    (("-e", "1", "-T", "gif"), 2, "argument -T/--format: invalid choice: 'gi"),
    (("-e", "1", "-o", "x.gif"), 2, "'x.gif' ends in none of the known suffixes: .txt"),
    (("-e", "1", "-o", "x"), 2, "'x' ends in none of the known suffixes: .txt, .dot"),
    (("-e", "1", "-o", ""), 2, "'' ends in none of the known suffixes: .txt"),
    (("-e", "1", "--max-depth", "-1"), 2, "argument --max-depth: '-1' is not"),
    (("-e", "1", "--timeout", "soon"), 2, "argument --timeout: 'soon' is not"),
    (("-e", "1", "--layout-timeout", "0"), 2, "argument --layout-timeout: '0"),
    (("-e", "1", "--max-objects", "0"), 2, "argument --max-objects: '0' is"),
    (("-e", "1", "--rankdir", "XY"), 2, "argument --rankdir: invalid choice"),
    (("-e", "1", "--nonsense"), 2, "unrecognized arguments: --nonsense"),
    (("-e", "1", "-z"), 2, "unrecognized option -z"),
    (("-e", "1", "absent.py"), 2, "cannot read absent.py: No such file or di"),
    (("-e", "1", "empty"), 2, "no __main__.py in empty"),
    # rendering
    (("-e", "1", "-o", "absent/x.svg"), 3, "cannot write absent/x.svg: there"),
    (("-e", "1", "-o", "/dev/full"), 3, "cannot write /dev/full: No space le"),
    (("-e", "1", "-o", "d.svg"), 3, "cannot write d.svg: it is a directory"),
    # interrupt
    (("-e", "1", "-s", "raise KeyboardInterrupt"), 130, "interrupted"),
])
def test_each_failure_is_one_line_and_its_status(command, tmp_path, arguments,
                                                 status, line):
    write(tmp_path, "wrong.py", "def f(:\n")
    write(tmp_path, "exits.py", "import sys\nsys.exit(0)\n")
    write(tmp_path, "empty/__init__.py", "")
    (tmp_path / "d.svg").mkdir()
    result = command(*arguments)
    assert (result.status, result.output) == (status, b"")
    assert len(result.said) == 1, result.errors
    assert result.said[0].startswith("referrers: " + line)
    assert result.errors.endswith(result.said[0] + "\n")
    for ours in ("_command.py", "_program.py", "_expression.py", "ast.py",
                 "runpy", "argparse"):
        assert ours not in result.errors


def test_a_message_stays_one_line(command, tmp_path):
    result = command("-e", "1", "two\nlines.py")
    assert result.errors == ("referrers: cannot read two\\nlines.py: "
                             "No such file or directory\n")
    result = command("-e", "1", "-s", "raise ValueError('a\\n b\\x1b')")
    assert result.said == ["referrers: the setup code failed: "
                           "ValueError: a b\\x1b"]


def test_bytes_that_are_no_text_on_the_command_line(command):
    result = command("-e", b"'\xff'".decode("utf-8", "surrogateescape"))
    assert result.status == 1
    assert result.said[0].startswith(
        "referrers: -e is not an expression: UnicodeEncodeError")


@pytest.mark.parametrize("code, status", [
    ("raise type('E', (Exception,), {'__str__': lambda s: 1 / 0})", 1),
    ("import sys; sys.stderr.close(); 1 / 0", 1),
    ("import sys; sys.stdout = sys.stderr = None", 0),
    ("import sys; sys.stdout.close()", 0),
    ("import sys; sys.excepthook = None; 1 / 0", 1),
    ("import sys; sys.modules.pop('__main__')", 0),
    ("import os; os.chdir('/')", 0),
])
def test_a_program_that_breaks_its_surroundings(command, tmp_path, code,
                                                status):
    write(tmp_path, "p.py", "x = []\n" + code + "\n")
    result = command("-e", "x", "-o", "g.svg", "p.py")
    assert result.status == status
    xml.etree.ElementTree.parse(tmp_path / "g.svg")


def test_a_hook_for_exceptions_is_used(command, tmp_path):
    write(tmp_path, "p.py", "import sys\n"
          "sys.excepthook = lambda t, v, b: print('hook', v, b.tb_lineno)\n"
          "1 / 0\n")
    result = command("-e", "[]", "-o", "g.txt", "p.py")
    assert (result.status, result.text) == (1, "hook division by zero 3\n")


@pytest.mark.parametrize("format", ["dot", "txt", "png"])
def test_a_full_disk_is_reported(command, format):
    with open("/dev/full", "wb") as full:
        result = command("-e", "[]", "-T", format, stdout=full,
                         stderr=subprocess.PIPE)
    # Result wants bytes; nothing of standard output was captured.
    assert result.status == 3
    assert result.errors == ("referrers: cannot write standard output: "
                             "No space left on device\n")


def test_a_closed_standard_output_is_reported(tmp_path):
    process = subprocess.run(
        ["sh", "-c", 'exec "$0" -m referrers.dot -e "[]" >&-', sys.executable],
        capture_output=True)
    assert process.returncode == 3
    assert process.stderr == (b"referrers: cannot write standard output: "
                              b"Bad file descriptor\n")


def test_a_closed_standard_error_does_not_become_the_output(tmp_path):
    process = subprocess.run(
        ["sh", "-c", 'exec "$0" -m referrers.dot -e "[]" -T txt -s "1/0" 2>&-',
         sys.executable], capture_output=True)
    assert (process.returncode, process.stdout) == (1, b"")


def test_a_reader_that_went_away_is_no_failure_to_talk_about(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run([sys.executable, "-m", "referrers.dot",
                              "-e", "[]"], stdout=writing,
                             stderr=subprocess.PIPE)
    os.close(writing)
    assert (process.returncode, process.stderr) == (141, b"")


def test_a_terminal_gets_text_but_no_binary():
    status, seen = run_on_terminal("-e", "[]", "-T", "txt")
    assert (status, "list instance" in seen) == (0, True)
    for format in ("png", "pdf"):
        status, seen = run_on_terminal("-e", "[]", "-T", format)
        assert (status, seen.count("\n")) == (2, 1)
        assert seen.startswith(
            "referrers: %s is not for a terminal" % format)


def test_control_c_in_the_program_draws_what_there_is(tmp_path):
    """A server is ended with Ctrl-C: the moment at which one wants to look.
    It sleeps for short times: a signal that comes right before a sleep waits
    for its end, in any Python program."""
    write(tmp_path, "p.py", "import time\nx = []\nprint('up', flush=True)\n"
          "while True:\n    time.sleep(0.05)\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "referrers.dot", "-e", "x", "-o", "g.txt",
         "p.py"], cwd=tmp_path, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    assert process.stdout.readline() == b"up\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    assert errors.decode().splitlines()[-1].startswith("referrers: the program ended with ")
    assert (tmp_path / "g.txt").read_text().startswith("╙── list")


def test_an_old_picture_survives_a_failure(command, tmp_path):
    old = write(tmp_path, "g.svg", "old")
    assert command("-e", "1 / 0", "-o", "g.svg").status == 1
    assert command("-e", "[]", "-o", "g.svg",
                   "--layout-timeout", "1e-9").status == 3
    assert old.read_text() == "old"
    assert os.listdir(tmp_path) == ["g.svg"]


def test_help_starts_with_a_worked_example(command):
    result = command("--help")
    lines = result.text.splitlines()
    assert result.status == 0
    example = lines.index(
        "  python -m referrers.dot -e 'app.cache' -o cache.svg app.py --port 0")
    assert example < [line[:6] for line in lines].index("usage:")
    for flag in ("-s", "-e", "-m", "-T", "-o", "--max-depth",
                 "--referrer-limit", "--weak", "--values", "--timeout",
                 "--layout-timeout",
                 "--exclude", "--each", "--type", "--most", "--at", "--count",
                 "--continue", "--on-exception", "--force"):
        # 3.13 writes "-s, --setup CODE", the others "-s CODE, --setup CODE".
        assert re.search(r"\n  %s[ ,]" % flag, result.text)


def test_weak_references_are_shown_with_weak(command):
    """The same program, asked twice: who only watches is there on demand."""
    program = ("-s", "import weakref\nclass T: pass\nt = T()\n"
               "w = weakref.ref(t)", "-e", "t", "-T", "txt")
    assert "weak" not in command(*program).text
    assert "weakref (weak reference)" in command(*program, "--weak").text
