"""Where a server may send a training: to no other server, to no file, and no secret is told. Needs no MLflow."""
import json
import os
import subprocess
import unittest

from hostile_case import LONG, HostileCase
from mlflow_server import make_bundle, track


class HostilePlacesTest(HostileCase):
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
