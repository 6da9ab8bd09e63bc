# A pool of worker threads; one of them is stuck, with a job in its hands.
# draw: -e 'watched["slow"]()'
"""Three threads take jobs from a queue.  The job "slow" waits for a permission
that nobody gives: its thread's local variables keep it, and its image, alive.
"""

import queue
import threading
import weakref

# job name -> weak reference to the job's image
watched: "dict[str, weakref.ref[Image]]" = {}


class Image:
    def __init__(self, width: int, height: int) -> None:
        self.pixels = bytearray(width * height)


class Job:
    def __init__(self, name: str, image: Image,
                 permission: threading.Event) -> None:
        self.name = name
        self.image = image
        self.permission = permission

    def run(self) -> int:
        self.permission.wait()
        return len(self.image.pixels)


def worker(jobs: "queue.Queue[Job]") -> None:
    while True:
        job = jobs.get()
        job.run()
        del job
        jobs.task_done()


jobs: queue.Queue[Job] = queue.Queue()
given, withheld = threading.Event(), threading.Event()
given.set()

for number in range(3):
    threading.Thread(target=worker, args=(jobs,), daemon=True,
                     name="worker-%d" % number).start()

for name in ("quick", "slow", "small", "last"):
    image = Image(320, 200)
    watched[name] = weakref.ref(image)
    jobs.put(Job(name, image, withheld if name == "slow" else given))
del image

while jobs.unfinished_tasks > 1:
    threading.Event().wait(0.01)
alive = [name for name, reference in watched.items() if reference() is not None]
print("jobs whose image is still alive:", ", ".join(alive))
