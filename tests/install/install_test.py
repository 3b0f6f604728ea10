"""What `cmake --install` puts into a prefix works there: tools from any folder, and the libraries in other projects.

install_test.py BUILD_FOLDER
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from tool_testing import ppm, rows_of, striped, write

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.join(HERE, '../..')
NOT_NEEDED = ('OpenCV', 'Torch', 'ONNX', 'Protobuf', 'CLI11', 'TIFF', 'OpenJPEG')


def run(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, check=False, **options)


class InstallTest(unittest.TestCase):
    build = ''

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.prefix = os.path.join(cls.scratch.name, 'prefix')
        # The tests' own build holds it all, whatever it is called after; a moved prefix is no matter.
        done = run('cmake', '--install', cls.build, '--prefix', cls.prefix)
        assert done.returncode == 0, done.stderr.decode()
        cls.photo = os.path.join(cls.scratch.name, 'photo.ppm')
        write(cls.photo, ppm(60, 40, striped(3)))

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def installed(self, *parts):
        return os.path.join(self.prefix, *parts)

    def succeeds(self, *command, **options):
        done = run(*command, **options)
        self.assertEqual(done.returncode, 0, (done.stdout + done.stderr).decode()[-3000:])
        return done.stdout

    def consumer(self, name, *options):
        """Configures tests/install/NAME against the installed tree, builds it, gives the program."""
        build = os.path.join(self.scratch.name, name)
        self.succeeds('cmake', '-G', 'Ninja', '-S', os.path.join(HERE, name), '-B', build,
                      f'-DCMAKE_PREFIX_PATH={self.prefix}', *options)
        self.succeeds('cmake', '--build', build)
        return os.path.join(build, 'consumer')

    def test_classifies_from_any_folder(self):
        moved = os.path.join(self.scratch.name, 'moved')
        shutil.copytree(self.prefix, moved, symlinks=True)
        for prefix in (self.prefix, moved):
            row, = rows_of(self.succeeds(os.path.join(prefix, 'bin/catdog-classify'), self.photo, cwd='/'))
            self.assertEqual((row['width'], row['height'], row['error']), ('60', '40', ''))
            self.assertIn(row['label'], ('Cat', 'Dog'))

    def test_the_model_the_page_and_the_licences_are_there(self):
        self.assertEqual(sorted(os.listdir(self.installed('share/catdog/model'))), ['model.json', 'model.onnx'])
        self.assertIn('LICENSE', os.listdir(self.installed('share/doc/catdog')))
        built = os.path.isfile(os.path.join(REPOSITORY, 'web/dist/index.html'))
        self.assertEqual(os.path.isfile(self.installed('share/catdog/page/index.html')), built)

    def test_every_tool_has_a_manual_page_and_completions(self):
        tools = sorted(os.listdir(self.installed('bin')))
        self.assertLessEqual({'catdog-calibrate', 'catdog-classify', 'catdog-evaluate', 'catdog-features'}, set(tools))
        self.assertEqual(sorted(os.listdir(self.installed('share/man/man1'))), [tool + '.1.gz' for tool in tools])
        for folder, name in (('share/bash-completion/completions', '{}'), ('share/zsh/site-functions', '_{}'),
                             ('share/fish/vendor_completions.d', '{}.fish')):
            self.assertEqual(sorted(os.listdir(self.installed(folder))), [name.format(tool) for tool in tools])

    def test_nothing_names_the_build_or_its_folder(self):
        for folder, _, files in os.walk(self.installed('share')):
            for file in files:
                with open(os.path.join(folder, file), 'rb') as stream:
                    self.assertNotIn(os.fsencode(os.path.realpath(REPOSITORY)), stream.read(), file)

    def test_the_core_in_another_project(self):
        program = self.consumer('core', *(f'-DCMAKE_DISABLE_FIND_PACKAGE_{name}=ON' for name in
                                          (*NOT_NEEDED, 'CURL', 'OpenSSL', 'nlohmann_json')))
        row = self.succeeds(program, self.installed('share/catdog/model'), self.photo)
        table = self.succeeds(self.installed('bin/catdog-classify'), self.photo)
        self.assertEqual(row.split(b',')[1:], table.split(b'\r\n')[1].split(b',')[1:-1] + [b'\r\n'])
        self.assertNotRegex(self.succeeds('ldd', program).decode(), 'opencv|torch|onnx|curl|ssl')

    def test_tracking_in_another_project(self):
        program = self.consumer('tracking', f'-DDOCUMENT={REPOSITORY}/docs/tracking.md',
                                *(f'-DCMAKE_DISABLE_FIND_PACKAGE_{name}=ON' for name in NOT_NEEDED))
        self.succeeds(program, cwd=self.scratch.name, env={**os.environ, 'MLFLOW_TRACKING_URI': ''})
        metrics = [os.path.join(folder, file) for folder, _, files in os.walk(os.path.join(self.scratch.name, 'mlruns'))
                   for file in files if os.path.basename(folder) == 'metrics']
        self.assertEqual([os.path.basename(file) for file in metrics], ['loss'])
        with open(metrics[0], encoding='utf-8') as file:
            self.assertEqual(len(file.readlines()), 20)

    def test_tracking_says_what_it_lacks(self):
        done = run('cmake', '-S', os.path.join(HERE, 'tracking'), '-B', os.path.join(self.scratch.name, 'lacking'),
                   f'-DCMAKE_PREFIX_PATH={self.prefix}', f'-DDOCUMENT={REPOSITORY}/docs/tracking.md',
                   '-DCMAKE_DISABLE_FIND_PACKAGE_CURL=ON')
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(b'catdog::tracking needs CURL', b' '.join(done.stderr.split()))

    def test_as_a_folder_of_another_project_it_changes_nothing_there(self):
        build = os.path.join(self.scratch.name, 'within')
        self.succeeds('cmake', '-G', 'Ninja', '-S', os.path.join(HERE, 'within'), '-B', build,
                      f'-DCATDOG={os.path.realpath(REPOSITORY)}')
        with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as file:
            commands = {os.path.basename(one['file']): one['command'] for one in json.load(file)}
        self.assertRegex(commands['decode.cpp'], '-ffp-contract=off .*-Wconversion .*-std=c\\+\\+17')
        self.assertNotRegex(commands['consumer.cpp'], '-f|-W|-O')
        self.assertIn('-std=gnu++20', commands['consumer.cpp'])
        self.succeeds('cmake', '--install', build, '--prefix', os.path.join(self.scratch.name, 'nothing'))
        self.assertFalse(os.path.exists(os.path.join(self.scratch.name, 'nothing')))


if __name__ == '__main__':
    InstallTest.build = sys.argv.pop(1)
    unittest.main()
