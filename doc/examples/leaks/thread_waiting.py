"""A worker that waits for work still has its last job in its locals."""

import queue
import threading
import weakref

import referrers


class Job:
    pass


jobs = queue.Queue()
ready = threading.Event()


def work():
    while True:
        job = jobs.get()
        if job is None:
            return
        ready.set()


worker = threading.Thread(target=work, name="worker")
worker.start()


def main():
    job = Job()
    jobs.put(job)
    ready.wait()
    return weakref.ref(job)


watched = main()
while worker.is_alive() and jobs.qsize():
    pass
print(referrers.why(watched()))
jobs.put(None)
worker.join()

# why says: Job is alive: job in work(), leaks/thread_waiting.py:20, thread
#     worker leads to it
