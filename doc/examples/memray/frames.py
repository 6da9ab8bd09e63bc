"""A thousand frames are decoded, one after the other; all of them stay."""


class Frame:
    def __init__(self, number):
        self.number = number
        self.pixels = bytearray(100_000)


class Decoder:
    def __init__(self):
        self.decoded = {}

    def decode(self, number):
        self.decoded[number] = Frame(number)


decoder = Decoder()
for number in range(1000):
    decoder.decode(number)
