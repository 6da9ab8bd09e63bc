"""A tensor of a model in training: all that refers to it would be too wide to
read, so the paths from roots are drawn."""

import collections
import queue

import referrers
import scene

nn = scene.module("ml.nn", """
class Tensor:
    pass

class Linear:
    def __init__(self, weight):
        self.weight = weight

class Model:
    def __init__(self, layers):
        self.layers = layers
""")
autograd = scene.module("ml.autograd", """
class Gradient:
    def __init__(self, input):
        self.input = input

class Backward:
    def __init__(self, saved):
        self.saved = saved
""")
optim = scene.module("ml.optim", """
class Optimizer:
    def __init__(self, params):
        self.params = params
""")
io = scene.module("ml.io", """
class Checkpoint:
    def __init__(self, state):
        self.state = state

def saver(ckpt, wait):
    wait()
""")
hooks = scene.module("ml.hooks", """
HOOKS = {'fwd': None, 'bwd': None, 'end': None}

def make(cache):
    def on_backward():
        return cache
    return on_backward
""")
train = scene.module("train", """
class Trainer:
    pass

TRAINER = Trainer()

def step(wait):
    w = TRAINER.model.layers[0].weight
    wait()
""")


def build():
    w = nn.Tensor()
    train.TRAINER.model = nn.Model([nn.Linear(w)] + [None] * 5)
    train.TRAINER.optimizer = optim.Optimizer([None] * 3 + [w] + [None] * 4)
    state = collections.OrderedDict([("0", (w, 1))])
    checkpoint = io.Checkpoint(state)
    train.QUEUE = queue.Queue()
    train.QUEUE.put(checkpoint)
    hooks.HOOKS["bwd"] = hooks.make({"w%d" % i: w if i == 0 else None
                                     for i in range(12)})
    gradients = [autograd.Gradient(w) for _ in range(12)]
    last = autograd.Backward(gradients)
    gradients[0].node = last
    scene.in_thread("Saver-1", io.saver, checkpoint)
    scene.in_thread("Trainer", train.step)


build()
scene.draw(referrers.get_referrer_graph(
    train.TRAINER.model.layers[0].weight, module_prefixes=["train", "ml"]))
