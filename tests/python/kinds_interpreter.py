"""Cases of kinds.py: tables of the interpreter.

What is put there for good is a function that does nothing.
"""

import atexit
import codecs
import os
import signal
import sys
import threading

from kinds import Running, Target, case


class Undo:
    """Calls a function when it goes; what it holds is the harness's."""

    __slots__ = ("function", "first", "second")

    def __init__(self, function, first, *second):
        self.function, self.first, self.second = function, first, second

    def __del__(self):
        self.function(self.first, *self.second)


@case("atexit callback")
def callback_at_exit():
    def callback():
        pass
    atexit.register(callback)
    return callback, Undo(atexit.unregister, callback)


@case("atexit callback argument", "atexit callback argument[key]")
def argument_of_a_callback_at_exit():
    target = Target()

    def callback(*arguments, **keywords):
        pass
    atexit.register(callback, 1, target, key=target)
    return target, Undo(atexit.unregister, callback)


@case("SIGUSR2 handler", "SIGRTMIN+3 handler")
def handler_of_a_signal():
    def handler(*arguments):
        pass
    for number in (signal.SIGUSR2, signal.SIGRTMIN + 3):
        signal.signal(number, handler)
    return handler, (Undo(signal.signal, signal.SIGUSR2, signal.SIG_DFL),
                     Undo(signal.signal, signal.SIGRTMIN + 3, signal.SIG_DFL))


@case("codec search function")
def search_function_for_codecs():
    def search(name):
        return None
    codecs.register(search)
    return search, Undo(codecs.unregister, search)


@case("codec error handler[tests-kinds]")
def error_handler_of_codecs():
    def handler(error):
        raise error
    codecs.register_error("tests-kinds", handler)
    return handler, None


# The package encodings has a cache of its own.
@case("codec cache[utf_8]", "dict[utf_8]")
def codec_that_was_used():
    return codecs.lookup("utf_8"), None


@case("before-fork hook", "after-fork hook in the parent",
      "after-fork hook in the child")
def hooks_around_fork():
    def hook():
        pass
    os.register_at_fork(before=hook, after_in_parent=hook, after_in_child=hook)
    return hook, None


@case("audit hook")
def hook_of_sys_audit():
    def hook(event, arguments):
        pass
    sys.addaudithook(hook)
    return hook, None


if sys.version_info >= (3, 12):     # PEP 669
    @case("sys.monitoring callback")
    def callback_of_sys_monitoring():
        def callback(*arguments):
            pass
        sys.monitoring.use_tool_id(4, "tests-kinds")
        sys.monitoring.register_callback(4, sys.monitoring.events.RAISE,
                                         callback)
        return callback, Undo(sys.monitoring.free_tool_id, 4)


    def stop_watching(tool):
        for event in (sys.monitoring.events.RAISE, sys.monitoring.events.LINE):
            sys.monitoring.register_callback(tool, event, None)
        sys.monitoring.free_tool_id(tool)

    # A method of C for each event, which nothing else has: their object.
    @case("sys.monitoring callback")
    def object_that_watches_with_methods_of_c():
        events = []
        sys.monitoring.use_tool_id(3, "tests-kinds")
        for event in (sys.monitoring.events.RAISE, sys.monitoring.events.LINE):
            sys.monitoring.register_callback(3, event, events.append)
        return events, Undo(stop_watching, 3)

    @case("sys.monitoring callback", "list[0]")
    def method_of_c_that_watches():
        events = []
        sys.monitoring.use_tool_id(1, "tests-kinds")
        method = [events.append]
        sys.monitoring.register_callback(1, sys.monitoring.events.RAISE,
                                         method[0])
        return method[0], (method, Undo(stop_watching, 1))


@case("Worker: trace function", "Worker: profile function")
def functions_that_trace_a_thread():
    made = []

    def handle(running):
        def hook(*arguments):
            return None
        threading.current_thread().name = "Worker"
        made.append(hook)
        del hook
        sys.setprofile(made[0])
        sys.settrace(made[0])
        running.ready.set()
        running.go.wait()
        sys.settrace(None)
        sys.setprofile(None)
    running = Running(handle)
    return made.pop(), running


@case("saved copy of sys.addaudithook",
      "sys.addaudithook (module variable) [module variable]")
def function_of_a_module_that_python_keeps_a_copy_of():
    return sys.addaudithook, None


# What C code keeps in a module.

@case("faulthandler signal file" if sys.version_info >= (3, 14)
      else "faulthandler (module state)")
def file_of_a_fault_handler():
    import faulthandler
    file = open(os.devnull, "wb")
    faulthandler.register(signal.SIGUSR2, file)
    return file, Undo(faulthandler.unregister, signal.SIGUSR2)


@case("readline (module state)")
def completer_of_readline():
    import readline

    def completer(text, state):
        return None
    readline.set_completer(completer)
    return completer, Undo(readline.set_completer, None)
