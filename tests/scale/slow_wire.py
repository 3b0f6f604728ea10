"""Joins two network namespaces by a pair of TUN interfaces that delay every packet: slow_wire.py NAME OTHER_NS SECONDS

Started in the one namespace; OTHER_NS is the file of the other. Says "ready", then carries packets until it is killed.
"""
import collections
import ctypes
import fcntl
import os
import select
import struct
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI, CLONE_NEWNET = 0x400454ca, 1, 0x1000, 0x40000000


def interface(name):
    """A TUN interface in the namespace that this process is in; packets are read from and written to what is given."""
    descriptor = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack('16sH22x', name.encode(), IFF_TUN | IFF_NO_PI))
    return descriptor


def enter(namespace):
    libc = ctypes.CDLL(None, use_errno=True)
    with open(namespace, 'rb') as file:
        if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), 'setns')


def carry(one, other, seconds):
    end_of = {one: other, other: one}
    under_way = collections.deque()  # when it arrives, where, what: all take equally long, so the first is the next
    while True:
        wait = max(0, under_way[0][0] - time.monotonic()) if under_way else None
        for source in select.select([one, other], [], [], wait)[0]:
            under_way.append((time.monotonic() + seconds, end_of[source], os.read(source, 65536)))
        while under_way and under_way[0][0] <= time.monotonic():
            _, target, packet = under_way.popleft()
            try:
                os.write(target, packet)
            except OSError:
                pass  # an interface that is down or full loses packets, as a wire may


def main():
    name, other_namespace, seconds = sys.argv[1:]
    one = interface(name)
    enter(other_namespace)
    other = interface(name)
    print('ready', flush=True)
    carry(one, other, float(seconds))


if __name__ == '__main__':
    main()
