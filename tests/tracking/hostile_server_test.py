"""What a server may do to a training: no hang, no growth, no file touched, no secret told. Needs no MLflow."""
import json
import os
import resource
import signal
import subprocess
import tempfile
import time
import unittest

from hostile_server import HostileServer, endless
from mlflow_server import clean_environment, make_bundle, result_of, start_track, track

# Seconds. What must end has limits of a few seconds here; what does not would take minutes, or never end.
SOON = 60
LONG = {'MLFLOW_HTTP_REQUEST_TIMEOUT': '1000', 'MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR': '0.01'}
MEMORY_KB = 400 * 1024
BAD = (400, {}, b'{"error_code": "INVALID_PARAMETER_VALUE", "message": "no"}')


class HostileServerTest(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.root = self.scratch.name
        self.folder = self.root + '/run'

    def server(self, answers=None, **options):
        made = HostileServer(answers, **options)
        self.addCleanup(made.close)
        return made

    def track(self, server, *options, **environment):
        """Tracks a run and sees that it ends soon and stays small."""
        start = time.monotonic()
        result = track(self.folder, '--uri', server.uri, *options, **{**LONG, **environment})
        self.assertLess(time.monotonic() - start, SOON, result)
        return result

    def big_file(self, megabytes):
        path = self.root + '/big'
        with open(path, 'wb') as file:
            file.truncate(megabytes << 20)
        return path

    def test_server_that_works(self):
        """The others would prove nothing if this one failed."""
        server = self.server()
        bundle = make_bundle(self.root + '/bundle', '--size', 16)
        result = self.track(server, '--bundle', bundle, '--register', 'registered')
        self.assertEqual((result['unsent'], result['refused']), (0, 0), result)
        self.assertIn('runs/update', server.requests[-1][1])

    # Time

    def test_no_answer(self):
        server = self.server()
        server.answers = {'get-by-name': server.hang}
        result = self.track(server, '--patience', 2)
        self.assertEqual(result['unsent'], result['of'])

    def test_answer_of_a_byte_a_second(self):
        server = self.server()
        server.answers = {'get-by-name': server.trickle}
        result = self.track(server, '--patience', 3)
        self.assertEqual(result['unsent'], result['of'])
        self.assertIn('too slow', result['reason'])

    def test_upload_of_a_byte_a_second(self):
        server = self.server()
        server.answers = lambda method, path, body: server.sip if method == 'PUT' else None
        result = self.track(server, '--patience', 3, '--artifact', self.big_file(32), 'big')
        self.assertGreater(result['unsent'], 0)

    def test_upload_that_moves_and_does_not_end(self):
        server = self.server()
        server.answers = lambda method, path, body: server.gulp if method == 'PUT' else None
        for how in ({'options': ('--finish-timeout', 4)}, {'environment': {'CATDOG_TRACKING_FINISH_TIMEOUT': '4'}}):
            result = self.track(server, '--patience', 1000, *how.get('options', ()), '--artifact', self.big_file(64), 'big',
                                **how.get('environment', {}))
            self.assertGreater(result['unsent'], 0)
            self.assertIn('did not take all within 4 s', result['reason'])
            self.folder += '-environment'

    def interrupt(self, process):
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=SOON)
        self.assertLess(time.monotonic() - start, 20)  # the waits that it ends are endless
        return out, said

    def test_one_interrupt_ends_the_wait_at_the_end(self):
        server = self.server()
        server.answers = {'runs/update': server.hang}
        process = start_track(self.folder, '--uri', server.uri, '--patience', 1000, '--finish-timeout', 1000, **LONG)
        server.wait_for('runs/update')
        out, _ = self.interrupt(process)
        self.assertEqual(json.loads(out)['reason'], 'interrupted')

    def test_one_interrupt_ends_sync(self):
        server = self.server()
        server.answers = {'runs/update': server.hang}
        self.track(server, '--patience', 1)
        server.requests.clear()
        process = start_track(self.folder, '--sync', **LONG)
        server.wait_for('runs/update')
        out, _ = self.interrupt(process)
        self.assertEqual(json.loads(out)['reason'], 'interrupted')

    def test_interrupt_before_the_end(self):
        """As a training does it: the server still hears of the end, one that does not answer is not waited for."""
        for hangs in (False, True):
            server = self.server()
            server.answers = {'runs/update': server.hang} if hangs else {}
            hold = self.root + '/hold' + str(hangs)
            process = start_track(f'{self.folder}-{hangs}', '--uri', server.uri, '--hold', '3', hold, '--patience', 1000,
                                  '--finish-timeout', 1000, **LONG)
            server.wait_for('log-batch')
            out, _ = self.interrupt(process)
            result = json.loads(out)
            self.assertEqual(result['unsent'] > 0, hangs, result)
            server.wait_for('runs/update')

    def test_server_that_is_busy_for_ever_is_not_asked_all_the_time(self):
        server = self.server({'get-by-name': (503, {'Retry-After': '0'}, b'{}')})
        result = self.track(server, '--epochs', 30, '--pause', 100, '--patience', 1, MLFLOW_HTTP_REQUEST_MAX_RETRIES='0')
        self.assertEqual(result['unsent'], result['of'])
        self.assertLess(len(server.requests), 60)

    def test_waits_that_are_no_numbers(self):
        for value in ('nan', '-inf', '1e999', '-1', 'soon', ''):
            server = self.server({'runs/create': (503, {'Retry-After': value}, b'{}')})
            result = track(f'{self.folder}{value}', '--uri', server.uri, '--patience', 1, **LONG)
            self.assertEqual(result['unsent'], result['of'], value)

    # Size

    def refused(self, answers, expected):
        """No training begins, with a reason that says what was expected; it takes little memory and time."""
        server = self.server(answers)
        start = time.monotonic()
        process = subprocess.Popen(['/bin/sh', '-c', f'ulimit -v {4 * MEMORY_KB}; exec "$@"', 'sh', os.environ['CATDOG_TRACK'],
                                    self.folder, '--uri', server.uri, '--patience', '20'], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True, env=clean_environment(**LONG))
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stderr.close()
        self.assertEqual(process.returncode, 1, said)
        self.assertIn(expected, said)
        self.assertNotIn('json.exception', said)
        self.assertLess(len(said), 4000)
        self.assertLess(time.monotonic() - start, SOON)
        self.assertLess(usage.ru_maxrss, MEMORY_KB)
        self.folder += 'x'
        return said

    def test_replies_without_end(self):
        head = b'HTTP/1.1 200 OK\r\n'
        for answer in (endless(head + b'\r\n', b' ' * 65536), endless(head, b'X-More: ' + b'x' * 5000 + b'\r\n'),
                       endless(b'', b'HTTP/1.1 103 Early Hints\r\nLink: ' + b'x' * 5000 + b'\r\n\r\n')):
            self.refused({'get-by-name': answer}, 'expected an answer of at most 16 MB')

    def test_json_that_is_deep_or_wide(self):
        deep = b'[' * 100_000 + b']' * 100_000
        lists = b'[' + b'[],' * 5_000_000 + b'1]'
        members = b'{' + b','.join(b'"%d":1' % i for i in range(1_000_000)) + b'}'
        for json_text in (b'[' * 16_000_000, deep, b'{"experiment":' + deep + b'}', b'{"experiment":' + lists + b'}', members):
            self.refused({'get-by-name': json_text}, "expected an MLflow server's answer")
            self.refused({'get-by-name': (400, {}, b'{"error_code":%s,"message":"m"}' % json_text)}, 'expected')

    def test_long_messages(self):
        self.refused({'get-by-name': (400, {}, {'error_code': 'E' * 5_000_000, 'message': 'm' * 5_000_000})}, 'refused')
        self.refused({'get-by-name': (418, {}, b'x' * 5_000_000)}, "expected an MLflow server's answer")

    def test_answers_of_other_types(self):
        info = {'experiment_id': '1', 'run_id': 'r', 'artifact_uri': 'mlflow-artifacts:/'}
        wrong = [{}, {'experiment': None}, {'experiment': []}, {'experiment': {'experiment_id': {}}},
                 {'experiment': {'experiment_id': 'x' * 100_000}}, {'experiment': {'lifecycle_stage': 7.5}}]
        for answer in wrong:
            self.refused({'get-by-name': answer}, 'expected')
        for key in info:
            self.refused({'runs/create': {'run': {'info': {**info, key: [1]}}}}, f'with "{key}" as text, found array')
        for content in (b'', b'null', b'[]', b'7', b'"x"', b'\xff\xfe', b'<html>', b'{"run":'):
            self.refused({'runs/create': content}, 'expected')

    def test_experiment_that_is_missing_and_exists(self):
        server = self.server({'get-by-name': (404, {}, {'error_code': 'RESOURCE_DOES_NOT_EXIST'}),
                              'experiments/create': (400, {}, {'error_code': 'RESOURCE_ALREADY_EXISTS'})})
        result = self.track(server)
        self.assertEqual(result['failed'], 1)
        self.assertIn('says it is missing and says it exists', result['said'])
        self.assertLess(len(server.requests), 20)

    def test_pages_without_end(self):
        cut = []

        def answers(method, path, body):
            if path.endswith('log-batch') and b'metrics' in body and not cut:
                cut.append(path)
                return lambda handler: None  # leaves open whether the server took it
            return {'metrics': [], 'next_page_token': str(len(cut))} if path.endswith('get-history') else None

        server = self.server(answers)
        result = self.track(server, '--patience', 1000, '--finish-timeout', 1000)
        self.assertGreater(result['unsent'], 0)
        self.assertIn('pages', result['reason'])

    # Places

    def test_redirects(self):
        other = self.server()
        for status in (301, 302, 303, 307, 308):
            for target in (other.uri + '/x', f'//127.0.0.1:{other.port}/x', other.uri.replace('127.0.0.1', 'me:pass@127.0.0.1'),
                           'file:///etc/passwd', 'ftp://127.0.0.1/'):
                said = self.refused({'get-by-name': (status, {'Location': target}, b'')}, 'redirect')
                self.assertNotIn('pass@', said)
        self.assertEqual(other.requests, [])

        def inside(method, path, body):
            return None if path.startswith('/there') else (307, {'Location': '/there' + path}, b'')

        server = self.server(inside)
        server.mlflow = lambda method, path, known=server.mlflow: known(method, path.removeprefix('/there'))
        result = self.track(server)
        self.assertEqual(result['unsent'], 0, result)
        self.folder += 'x'
        said = self.refused({'get-by-name': (302, {'Location': '/api/2.0/mlflow/experiments/get-by-name'}, b'')}, 'redirects')
        self.assertIn('more than 5', said)

    def test_redirect_from_https_to_http(self):
        certificate = self.root + '/certificate.pem'
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1',
                        '-keyout', certificate, '-out', self.root + '/only.pem'], check=True, capture_output=True)
        with open(self.root + '/only.pem', encoding='utf-8') as part, open(certificate, 'a', encoding='utf-8') as whole:
            whole.write(part.read())
        plain = self.server()
        server = self.server({'get-by-name': (307, {'Location': plain.uri}, b'')}, certificate=certificate)
        result = self.track(server, MLFLOW_TRACKING_INSECURE_TLS='true', MLFLOW_TRACKING_TOKEN='a-token')
        self.assertEqual(result['failed'], 1)
        self.assertIn(f'a redirect to {plain.uri}', result['said'])
        self.assertEqual(plain.requests, [])

    def from_afar(self, server, *options, **environment):
        """The same server under another machine's name, by way of a proxy."""
        self.folder += 'x'
        return track(self.folder, '--uri', 'http://mlflow.example', *options, http_proxy=server.uri, no_proxy='',
                     **{**LONG, **environment})

    def test_artifacts_in_local_folders(self):
        card = self.root + '/card'
        with open(card, 'w', encoding='utf-8') as file:
            file.write('a card')
        for place in ('/place', 'file:///place', 'file://localhost/place'):
            place = place.replace('/place', self.root + '/place')
            server = self.server(artifacts=place)
            result = self.from_afar(server, '--artifact', card, 'docs/card')
            self.assertGreater(result['unsent'], 0)  # kept: it can be sent later
            self.assertIn('CATDOG_TRACKING_LOCAL_ARTIFACTS', result['reason'])
            self.assertFalse(os.path.exists(self.root + '/place'))
            later = track(self.folder, '--sync', http_proxy=server.uri, CATDOG_TRACKING_LOCAL_ARTIFACTS='true', **LONG)
            self.assertEqual((later['unsent'], later['refused']), (0, 0), later)
            self.assertEqual(os.listdir(self.root + '/place/docs'), ['card'])
            os.remove(self.root + '/place/docs/card')
            os.rmdir(self.root + '/place/docs')
            os.rmdir(self.root + '/place')

    def test_local_folders_are_not_overwritten(self):
        card, place = self.root + '/card', self.root + '/place'
        os.mkdir(place)
        for path, text in ((card, 'ours'), (place + '/theirs', 'theirs'), (place + '/same', 'ours')):
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
        os.symlink(place + '/target-of-link', place + '/link')
        server = self.server(artifacts=place)
        for name, refused in (('theirs', 1), ('same', 0), ('new', 0), ('link', 1)):
            self.folder += 'x'
            result = self.track(server, '--artifact', card, name)
            self.assertEqual((result['unsent'], result['refused']), (0, refused), result)
        self.assertEqual(sorted(os.listdir(place)), ['link', 'new', 'same', 'theirs'])
        with open(place + '/theirs', encoding='utf-8') as file:
            self.assertEqual(file.read(), 'theirs')

    # Secrets

    def assert_untold(self, result, *secrets):
        told = json.dumps(result)
        for folder, _, files in os.walk(self.root):
            for name in files:
                told += name
                with open(os.path.join(folder, name), encoding='utf-8', errors='replace') as file:
                    told += file.read()
            told += folder
        for secret in secrets:
            self.assertNotIn(secret, told)

    def test_logins_in_addresses(self):
        server = self.server()
        host = server.uri.removeprefix('http://')
        right = [f'http://m3user:s3cret@{host}', f'HTTP://m3user:s3cret@{host}/', f'http://m3user:s3cr%65t@{host}',
                 f'http://m3user:@{host}', f'http://s3cret@{host}', f'http://m3user:s3cret@{host}//', f'http://m3user:s3cret\\@{host}']
        wrong = [f'http://m3user:s3/cret@{host}', f'http://m3user:12/s3cret@{host}', f'http://m3user:s3cret@{host}?token=s3cret',
                 f'http://{host}/?token=s3cret', f'http://{host}/#s3cret', f'http:/m3user:s3cret@{host}',
                 f'http:m3user:s3cret@{host}', f'm3user:s3cret@{host}', f' http://m3user:s3cret@{host}', f'//m3user:s3cret@{host}',
                 f'http://m3user:s3cret@{host}:x', 'http://m3user:s3cret@', 'http://m3user:s3cret@[::1', 'http://m3user:s3cret@a b/',
                 'https://m3user:s3#cret@host', 'http://m3user:s3?cret@host', 'postgresql://m3user:s3cret@host/db',
                 'mysql+pymysql://m3user:s3cret@host/db', 'file://m3user:s3cret@host/x', 'ftp://m3user:s3cret@host',
                 f'http:\\\\m3user:s3cret@{host}', f'http://m3user:s3cret@{host}\n']
        os.mkdir(self.root + '/here')
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.root + '/here')
        for address in right + wrong:
            self.folder += 'x'
            result = track(self.folder, '--uri', address, '--patience', 1, **LONG)
            self.assert_untold(result, 'm3user', 's3cret', 's3/cret', 's3#cret', 's3?cret', 's3cr%65t', 'bTN1c2Vy')
            self.assertEqual(result.get('unsent', 'failed'), 0 if address in right else 'failed', (address, result))
        self.assertEqual(os.listdir('.'), [])
        logins = {headers.get('Authorization') for headers in server.headers}
        self.assertIn('Basic bTN1c2VyOnMzY3JldA==', logins)

    def test_logins_that_the_server_repeats(self):
        def repeat(handler):
            said = json.dumps({'error_code': 'BAD', 'message': 'I got ' + handler.headers['Authorization'] + ' of m3user:s3cret'})
            handler.wfile.write(f'HTTP/1.1 400 Bad\r\nContent-Length: {len(said)}\r\n\r\n{said}'.encode())

        server = self.server({'log-batch': repeat})
        for login in ({'MLFLOW_TRACKING_USERNAME': 'm3user', 'MLFLOW_TRACKING_PASSWORD': 's3cret'},
                      {'MLFLOW_TRACKING_TOKEN': 's3cret'}):
            self.folder += 'x'
            result = self.track(server, **login)
            self.assertGreater(result['refused'], 0)
            self.assertIn('***', result['said'])
            self.assert_untold(result, 's3cret', 'bTN1c2Vy')

    def test_logins_in_the_artifacts_address(self):
        server = self.server(artifacts='mlflow-artifacts://m3user:s3cret@host/1/run')
        result = self.track(server, '--bundle', make_bundle(self.root + '/bundle', '--size', 16))
        self.assertEqual((result['unsent'], result['refused']), (0, 0), result)
        self.assert_untold(result, 's3cret')

    def test_what_a_terminal_would_obey(self):
        said = self.refused({'get-by-name': (400, {}, {'error_code': 'E', 'message': '\x1b[2Jgone\r\n\u202etxet\x9b'})}, 'refused')
        for mark in ('\x1b', '\r', '\u202e', '\x9b'):
            self.assertNotIn(mark, said)

    def test_host_and_port_without_scheme(self):
        server = self.server()
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.root)
        for address in (f'127.0.0.1:{server.port}', f'localhost:{server.port}/', f'[::1]:{server.port}/path', 'host:5000'):
            result = track(self.root + '/run', '--uri', address)
            self.assertEqual(result['failed'], 1)
            self.assertIn('http://HOST:PORT', result['said'])
        self.assertEqual(track(self.root + '/folder', '--uri', './a:5000')['unsent'], 0)
        self.assertEqual(sorted(name for name in os.listdir('.') if ':' in name), ['a:5000'])


if __name__ == '__main__':
    unittest.main(verbosity=2)
