"""A session has ended, and an object of it is still alive: a registry, a hook,
a worker and a suspended request all lead to it."""

import asyncio

import referrers
import scene

models = scene.module("app.models", """
class Session:
    def __init__(self, user, payload):
        self.user, self.payload = user, payload
""")
registry = scene.module("app.registry", """
class Registry:
    def __init__(self):
        self.sessions = {'user-%d' % i: None for i in range(214)}
""")
main = scene.module("app.main", """
class App:
    def __init__(self, registry):
        self.registry = registry
app = None
""")
hooks = scene.module("app.hooks", """
def make_on_close(data):
    def on_close():
        return data
    return on_close
HOOKS = {'open': None}
""")
worker = scene.module("app.worker", """
def worker(session, wait):
    wait()
""")
api = scene.module("app.api", """
async def handle_request(rows, gate):
    await gate
    return rows
""")


def build():
    payload = {"last": object()}
    rows = ["a", payload, "c"]
    session = models.Session("ann", rows)
    main.app = main.App(registry.Registry())
    main.app.registry.sessions["user-7"] = session
    hooks.HOOKS["close"] = hooks.make_on_close(payload)
    scene.in_thread("Worker-3", worker.worker, session)
    loop = asyncio.new_event_loop()
    gate = loop.create_future()
    task = loop.create_task(api.handle_request(rows, gate), name="Task-17")
    loop.run_until_complete(asyncio.sleep(0))
    api.TASKS = {task}


build()
scene.draw(referrers.get_referrer_graph(
    main.app.registry.sessions["user-7"].payload[1]["last"],
    search_for_untracked_objects=True, module_prefixes=["app"]))
