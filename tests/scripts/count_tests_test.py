"""What scripts/count-tests makes of ctest's reports."""
import os
import subprocess
import sys
import tempfile
import unittest

TOOL = os.path.join(os.path.dirname(__file__), '../../scripts/count-tests')


def case(name, output, status='run', inner=''):
    return f'<testcase name="{name}" status="{status}">{inner}<system-out>{output}</system-out></testcase>'


class CountTestsTest(unittest.TestCase):
    def count(self, *cases, failed=0):
        lines, code = self.lines(*cases, failed=failed)
        return lines[-1], code

    def lines(self, *cases, failed=0):
        with tempfile.TemporaryDirectory() as folder:
            report = os.path.join(folder, 'report.xml')
            if cases:
                with open(report, 'w', encoding='utf-8') as stream:
                    stream.write(f'<testsuite>{"".join(cases)}</testsuite>')
            done = subprocess.run([sys.executable, TOOL, str(failed), report], capture_output=True, text=True,
                                  check=False)
        return done.stdout.splitlines(), done.returncode

    def test_google_test_tells_how_many(self):
        output = '[  PASSED  ] 12 tests.\n[  SKIPPED ] 2 tests, listed below:\n'
        self.assertEqual(self.count(case('a', output)), ('12 passed, 0 failed, 2 skipped', 0))

    def test_google_test_failures(self):
        output = '[  PASSED  ] 1 test.\n[  FAILED  ] 3 tests, listed below:\n'
        self.assertEqual(self.count(case('a', output, 'fail', '<failure/>')), ('1 passed, 3 failed, 0 skipped', 1))

    def test_unittest(self):
        output = 'Ran 9 tests in 1.2s\n\nFAILED (failures=1, errors=2, skipped=1)'
        self.assertEqual(self.count(case('a', output, 'fail')), ('5 passed, 3 failed, 1 skipped', 1))

    def test_node(self):
        output = '# tests 5\n# pass 4\n# fail 0\n# cancelled 0\n# skipped 1\n'
        self.assertEqual(self.count(case('a', output)), ('4 passed, 0 failed, 1 skipped', 0))

    def test_a_plain_program_is_one_test(self):
        self.assertEqual(self.count(case('a', 'all fine')), ('1 passed, 0 failed, 0 skipped', 0))

    def test_a_crash_is_one_failure(self):
        self.assertEqual(self.count(case('a', '[ RUN      ] A.B', 'fail', '<failure message="SEGFAULT"/>')),
                         ('0 passed, 1 failed, 0 skipped', 1))

    def test_what_a_failure_said_last_is_shown(self):
        lines, _ = self.lines(case('a', '\n'.join(f'line {i}' for i in range(50)) + '\n\n', 'fail', '<failure/>'), case('b', 'fine'))
        self.assertEqual(lines[0], 'failed: a (1)')
        self.assertEqual(lines[1:-1], [f'    line {i}' for i in range(38, 50)])

    def test_skipped_alone_is_no_success(self):
        skipped = case('a', 'skipped: no photos', 'notrun', '<skipped message="SKIP_RETURN_CODE=77"/>')
        self.assertEqual(self.count(skipped), ('0 passed, 0 failed, 1 skipped', 1))

    def test_missing_and_empty_reports_fail(self):
        self.assertEqual(self.count(), ('0 passed, 1 failed, 0 skipped', 1))
        self.assertEqual(self.count(''), ('0 passed, 1 failed, 0 skipped', 1))

    def test_failures_from_elsewhere(self):
        self.assertEqual(self.count(case('a', ''), failed=2), ('1 passed, 2 failed, 0 skipped', 1))


if __name__ == '__main__':
    unittest.main()
