"""Two network namespaces of a test alone, joined by a veth pair or by a wire that delays what it carries.

Nothing in them reaches any other network, and they vanish with the processes that hold them.
"""
import json
import os
import subprocess
import sys

ADDRESSES = ('10.77.0.1', '10.77.0.2')
HOLD = ('sh', '-c', 'ip link set lo up && echo ready && exec cat')  # keeps a namespace until its input is closed


class NotAllowed(Exception):
    """The machine does not let us; the message says why."""


class TwoNetworks:
    def __init__(self):
        self.processes, self.inside = [], []

    def make(self):
        # In a user namespace, so that it takes no rights where the system lets users have those.
        self.hold('unshare', '--user', '--map-root-user', '--net', *HOLD)
        self.inside.append(self.enter(self.processes[0]))
        self.hold(*self.inside[0], 'unshare', '--net', *HOLD)
        self.inside.append(self.enter(self.processes[1]))

    @staticmethod
    def enter(process):
        return ('nsenter', '--target', str(process.pid), '--user', '--net', '--preserve-credentials')

    def hold(self, *command):
        """Starts a process that lives until close(); waits for its first line."""
        try:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       text=True)
        except OSError as failure:
            raise NotAllowed(str(failure)) from failure
        self.processes.append(process)
        if process.stdout.readline() != 'ready\n':
            _, said = process.communicate()
            raise NotAllowed(f'{" ".join(command[:4])}: {said.strip().splitlines()[-1]}')

    def run(self, side, *command):
        done = subprocess.run([*self.inside[side], *command], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise NotAllowed(f'{" ".join(command)}: {done.stderr.strip()}')
        return done.stdout

    def join_by_veth(self):
        self.run(0, 'ip', 'link', 'add', 'pair', 'type', 'veth', 'peer', 'name', 'pair', 'netns',
                 str(self.processes[1].pid))
        self.bring_up('pair')

    def join_by_wire(self, seconds):
        """Both ways take so long. (The kernel's own netem is often not there.)"""
        wire = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'slow_wire.py')
        self.hold(*self.inside[0], sys.executable, wire, 'wire', f'/proc/{self.processes[1].pid}/ns/net', str(seconds))
        self.bring_up('wire')

    def bring_up(self, interface):
        for side, address in enumerate(ADDRESSES):
            self.run(side, 'ip', 'address', 'add', address + '/24', 'dev', interface)
            self.run(side, 'ip', 'link', 'set', interface, 'up')

    def bytes_received(self, side, interface):
        link, = json.loads(self.run(side, 'ip', '-json', '-statistics', 'link', 'show', interface))
        return link['stats64']['rx']['bytes']

    def close(self):
        for process in reversed(self.processes):
            process.kill()
            process.communicate()
