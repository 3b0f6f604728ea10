"""catdog-train on two machines, as far as the network goes: ranks in two network namespaces, also with a delay of 5 ms.

Where namespaces cannot be made it is skipped and says why; ranks_test runs the same on loopback in any case.
"""
import subprocess
import sys
import unittest

from ranks_case import Place, RanksCase
from two_networks import ADDRESSES, NotAllowed, TwoNetworks

OPTIONS = ('--no-tracking', '--network', 'cnn_small', '--lr', '1e-3')
DELAY = 0.005  # seconds, each way
# Prints how long a connection to another one took, which is once there and back.
LISTEN = '''import socket; s = socket.create_server(("%s", 29000)); print("ready", flush=True); s.accept()'''
CONNECT = '''import socket, time; t = time.monotonic(); socket.create_connection(("%s", 29000)); print(time.monotonic() - t)'''


class RanksNetworkTest(RanksCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alone = False

    def networks(self):
        networks = TwoNetworks()
        self.addCleanup(networks.close)
        try:
            networks.make()
        except NotAllowed as why:
            self.skipTest(f'two network namespaces could not be made: {why}')
        return networks

    def assert_as_one_process(self, networks, name, interface):
        if not RanksNetworkTest.alone:
            self.train('alone', 1, *OPTIONS)
            RanksNetworkTest.alone = True
        place = Place(ADDRESSES[0], interface, networks.inside)
        for ranks in (2, 4):  # every other one in the other namespace
            self.train(f'{name}-{ranks}', ranks, *OPTIONS, place=place)
            self.assert_alike('alone', f'{name}-{ranks}')
        # The sums of gradients went through it: of 2 × 24 steps, of more than 50,000 weights of 4 bytes.
        for side in (0, 1):
            self.assertGreater(networks.bytes_received(side, interface), 2 * 24 * 50_000 * 4 / 2)

    def test_two_namespaces_and_a_veth_pair(self):
        networks = self.networks()
        try:
            networks.join_by_veth()
        except NotAllowed as why:
            self.skipTest(f'no veth pair could be made: {why}')
        self.assert_as_one_process(networks, 'veth', 'pair')

    def test_two_namespaces_with_a_delay(self):
        networks = self.networks()
        try:
            networks.join_by_wire(DELAY)
        except NotAllowed as why:
            self.skipTest(f'no wire with a delay could be laid: {why}')
        listening = subprocess.Popen([*networks.inside[0], sys.executable, '-c', LISTEN % ADDRESSES[0]],
                                     stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end, listening)
        self.assertEqual(listening.stdout.readline(), 'ready\n')
        self.assertGreaterEqual(float(networks.run(1, sys.executable, '-c', CONNECT % ADDRESSES[0])), 2 * DELAY)
        self.assert_as_one_process(networks, 'wire', 'wire')


if __name__ == '__main__':
    done = unittest.main(verbosity=2, exit=False).result
    if done.wasSuccessful() and len(done.skipped) == done.testsRun:
        sys.exit(77)  # ctest shows it as skipped
    sys.exit(not done.wasSuccessful())
