class Cache:
    def __init__(self):
        self.pages = {"/": ["<h1>", "hello", "</h1>"]}


cache = Cache()
