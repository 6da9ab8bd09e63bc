"""stress.py [--short] [MODULE...]: CPython's own tests while a second thread
takes graphs of random objects; run it with PYTHONPATH=build/stage.

Each module runs twice, with a second thread that takes graphs (runner.py says
how) and with one that takes none.  The outcome of each test must be the same,
no process may crash, no graph may fail.  A test that differs is run again, up
to AGAIN times: one that a second thread disturbs now and then differs once, one
that our graphs disturb differs each time.

--short takes two modules and a few seconds for each, for CI.  Speaks TAP; status 1 when a
test failed.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
MODULES = ["test_gc", "test_dict", "test_generators", "test_coroutines",
           "test_descr", "test_threading", "test_asyncio"]
SHORT = ["test_generators", "test_dict"]
AGAIN = 2
LEAST_GRAPHS = 20       # fewer are no stress
SECONDS, SHORT_SECONDS = 20, 6  # of each run, at least


def run(mode, module, seconds):
    """What runner.py found, or a line that says why it found nothing."""
    with tempfile.TemporaryDirectory() as directory:
        results = pathlib.Path(directory) / "results"
        process = subprocess.run(
            [sys.executable, HERE / "runner.py", mode, module, str(seconds),
             results],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=directory,
            stdin=subprocess.DEVNULL)
        if process.returncode == 0 and results.exists():
            return json.loads(results.read_text())
        tail = process.stdout.decode("utf-8", "replace")[-4000:]
        return "ended with status %d\n%s" % (process.returncode, tail)


def differences(one, other):
    """The tests whose outcome is not the same."""
    return {test for test in one["outcome"].keys() | other["outcome"].keys()
            if one["outcome"].get(test) != other["outcome"].get(test)}


def compare(module, seconds):
    """(problems, remarks) of one module."""
    remarks, differing = [], None
    for _ in range(1 + AGAIN):
        control, graphs = (run(mode, module, seconds)
                           for mode in ("control", "graphs"))
        for mode, found in (("control", control), ("graphs", graphs)):
            if isinstance(found, str):
                return ["%s: %s" % (mode, found)], remarks
        if graphs["problems"]:
            return graphs["problems"][:10], remarks
        remarks.append(
            "%d tests, %d failed in both; %d graphs, %d texts, %d rounds in %.0f s;"
            " without graphs %d rounds in %.0f s"
            % (len(graphs["outcome"]),
               sum(graphs["outcome"][test] == control["outcome"].get(test)
                   == "failed" for test in graphs["outcome"]),
               graphs["graphs"], graphs["texts"], graphs["rounds"],
               graphs["seconds"], control["rounds"], control["seconds"]))
        if graphs["graphs"] < LEAST_GRAPHS:
            return ["only %d graphs were taken" % graphs["graphs"]], remarks
        now = differences(control, graphs)
        remarks.extend(
            "%s: %s with graphs, %s without: %s"
            % (test, graphs["outcome"].get(test), control["outcome"].get(test),
               (graphs["words"].get(test) or control["words"].get(test)
                or "").strip().rpartition("\n")[2])
            for test in sorted(now))
        differing = now if differing is None else differing & now
        if not differing:
            return [], remarks
    return ["differs each time: " + test for test in sorted(differing)], remarks


def main(arguments):
    short = "--short" in arguments
    modules = [one for one in arguments if not one.startswith("-")]
    modules = modules or (SHORT if short else MODULES)
    failed = 0
    print("1..%d" % len(modules), flush=True)
    for number, module in enumerate(modules, 1):
        problems, remarks = compare(
            module, SHORT_SECONDS if short else SECONDS)
        failed += bool(problems)
        print("%s %d - %s" % ("not ok" if problems else "ok", number, module))
        for line in "\n".join(remarks + problems).splitlines():
            print("#", line)
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.exit(main(sys.argv[1:]))
