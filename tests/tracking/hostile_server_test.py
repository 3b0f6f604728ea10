"""What a server may do to a training: no hang, no growth. Needs no MLflow."""
import json
import signal
import time
import unittest

from hostile_case import LONG, SOON, HostileCase
from hostile_server import endless
from mlflow_server import make_bundle, start_track, track


# Where the tests run in the background, interrupts may be ignored, which processes inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)


class HostileServerTest(HostileCase):
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
        """As a training does it: a server that does not answer is not waited for, and hears of the end by sync."""
        server = self.server()
        server.answers = {'runs/update': server.hang}
        process = start_track(self.folder, '--uri', server.uri, '--hold', '3', self.root + '/never', '--patience', 1000,
                              '--finish-timeout', 1000, **LONG)
        server.wait_for('log-batch')
        out, _ = self.interrupt(process)
        self.assertGreater(json.loads(out)['unsent'], 0)
        server.answers = {}
        later = track(self.folder, '--sync', **LONG)
        self.assertEqual((later['unsent'], later['refused']), (0, 0), later)
        self.assertEqual(json.loads(server.requests[-1][2])['status'], 'KILLED')

    def test_server_that_is_busy_for_ever_is_not_asked_all_the_time(self):
        server = self.server({'get-by-name': (503, {'Retry-After': '0'}, b'{}')})
        result = self.track(server, '--epochs', 30, '--pause', 100, '--patience', 1, MLFLOW_HTTP_REQUEST_MAX_RETRIES='0')
        self.assertEqual(result['unsent'], result['of'])
        self.assertLess(len(server.requests), 30)  # about one a second

    def test_waits_that_are_no_numbers(self):
        for value in ('nan', '-inf', '1e999', '-1', 'soon', ''):
            server = self.server({'runs/create': (503, {'Retry-After': value}, b'{}')})
            result = track(f'{self.folder}{value}', '--uri', server.uri, '--patience', 1, **LONG)
            self.assertEqual(result['unsent'], result['of'], value)

    # Size

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


if __name__ == '__main__':
    unittest.main(verbosity=2)
