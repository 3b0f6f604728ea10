"""What runs on GitHub: actions by the commit that was looked at, bounded in time, with no more rights than needed."""
import os
import re
import unittest

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../.github/workflows')


def workflows():
    for name in sorted(os.listdir(FOLDER)):
        with open(os.path.join(FOLDER, name), encoding='utf-8') as file:
            yield name, file.read()


class WorkflowsTest(unittest.TestCase):
    def test_actions_are_pinned(self):
        used = [(name, line) for name, text in workflows() for line in re.findall(r'uses: (.*)', text)]
        self.assertGreater(len(used), 5)
        for name, line in used:
            self.assertRegex(line, r'^[\w/.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$', name)

    def test_an_action_has_one_version(self):
        versions = {}
        for _, text in workflows():
            for action, version in re.findall(r'uses: ([^@\s]+)@(.*)', text):
                versions.setdefault(action, set()).add(version)
        self.assertEqual({action: found for action, found in versions.items() if len(found) > 1}, {})

    def test_every_job_ends_in_time_and_reads_only_unless_said(self):
        for name, text in workflows():
            jobs = re.split(r'(?m)^  (?=[a-z]+:$)', text.split('\njobs:\n')[1])[1:]
            self.assertTrue(jobs, name)
            for job in jobs:
                minutes = re.search(r'(?m)^    timeout-minutes: (\d+)$', job)
                self.assertTrue(minutes and int(minutes[1]) <= 60, f'{name}: {job.splitlines()[0]}')
            self.assertIn('\npermissions:\n  contents: read\n', text, name)


if __name__ == '__main__':
    unittest.main()
