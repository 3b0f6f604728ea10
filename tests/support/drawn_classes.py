"""A data set that a small network learns in seconds: three classes of drawn pictures."""
import math

CLASSES = ('blobs', 'rayas', 'Übergänge')  # names in other letters than ASCII, and three of them
SIDE = 40


def pixel(kind, x, y, phase, centre):
    """Brightness in [0, 1]: a round blob, stripes, or a gradient."""
    if kind == 0:
        return math.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / 60)
    if kind == 1:
        return 0.5 + 0.5 * math.sin(x * 1.3 + y * 0.5 + phase)
    return (x * math.cos(phase) + y * math.sin(phase)) / (2.9 * SIDE) + 0.5


def write_picture(path, kind, rng):
    phase, centre = rng.uniform(0, 6.28), (rng.uniform(10, 30), rng.uniform(10, 30))
    tint = [rng.uniform(0.5, 1) for _ in range(3)]
    data = bytearray()
    for y in range(SIDE):
        for x in range(SIDE):
            value = pixel(kind, x, y, phase, centre) * 220 + rng.uniform(0, 35)
            data += bytes(max(0, min(255, int(value * t))) for t in tint)
    with open(path, 'wb') as file:
        file.write(b'P6 %d %d 255\n' % (SIDE, SIDE) + data)
