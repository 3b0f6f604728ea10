"""A server that speaks just enough of MLflow's REST API for a whole run, and misbehaves on order."""
import http.server
import json
import socket
import ssl
import threading
import urllib.parse

API = '/api/2.0/'


class HostileServer:
    """`answers` maps ends of paths (without query) to what comes instead of MLflow's answer: bytes or JSON of a reply with
    status 200, (status, headers, bytes), or a function of the handler that writes to the connection itself. Given as a
    function of (method, path, body) it returns one of these, or None for MLflow's answer."""

    def __init__(self, answers=None, certificate=None, artifacts='mlflow-artifacts:/1/run/artifacts'):
        self.answers, self.artifacts = answers or {}, artifacts
        self.requests = []  # (method, path with query, body)
        self.headers = []  # of each request
        self.ended = threading.Event()
        self.changed = threading.Condition()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def handle_any(self):
                try:
                    server.handle(self)
                except OSError:  # the client has gone
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_PATCH = handle_any

            def log_message(self, *_):
                pass

        class Listener(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def server_bind(self):
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)  # what is not read stays with the client
                super().server_bind()

        self.listener = Listener(('127.0.0.1', 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.listener.socket = context.wrap_socket(self.listener.socket, server_side=True)
        self.port = self.listener.server_address[1]
        self.uri = f'http{"s" if certificate else ""}://127.0.0.1:{self.port}'
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def handle(self, handler):
        path = urllib.parse.urlsplit(handler.path).path  # of a proxy's request too
        early = self.answer_to(handler.command, path, None) if handler.command == 'PUT' else None
        body = b'' if callable(early) else handler.rfile.read(int(handler.headers.get('Content-Length', 0)))
        with self.changed:
            self.requests.append((handler.command, handler.path, body))
            self.headers.append(dict(handler.headers))
            self.changed.notify_all()
        answer = early if callable(early) else self.answer_to(handler.command, path, body)
        if callable(answer):
            answer(handler)
            handler.close_connection = True
            return
        if answer is None:
            answer = self.mlflow(handler.command, path)
        status, headers, content = answer if isinstance(answer, tuple) else (200, {}, answer)
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header('Content-Length', str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def answer_to(self, method, path, body):
        if callable(self.answers):
            return self.answers(method, path, body)
        return next((answer for end, answer in self.answers.items() if path.endswith(end)), None)

    def mlflow(self, method, path):
        info = {'experiment_id': '1', 'run_id': 'run', 'artifact_uri': self.artifacts}
        return {
            'experiments/get-by-name': {'experiment': {'experiment_id': '1', 'lifecycle_stage': 'active'}},
            'runs/create': {'run': {'info': info}},
            'runs/search': {'runs': []},
            'runs/get': {'run': {'info': info}},
            'logged-models': {'model': {'info': {'model_id': 'm-1', 'artifact_uri': self.artifacts + '/models'}}},
            'logged-models/search': {'models': []},
            'model-versions/create': {'model_version': {'version': '1'}},
            'registered-models/get': {'registered_model': {'name': 'registered'}},
        }.get(path.removeprefix(API).removeprefix('mlflow/'), {})

    def wait_for(self, path_end):
        """Until there was a request of such a path."""
        with self.changed:
            found = self.changed.wait_for(lambda: any(path.endswith(path_end) for _, path, _ in self.requests), 120)
        assert found, f'no request of {path_end} among {[path for _, path, _ in self.requests]}'

    def hang(self, _):
        self.ended.wait(300)

    def trickle(self, handler):
        """The start of a reply, then a byte a second."""
        handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{')
        while not self.ended.wait(1):
            handler.wfile.write(b' ')

    def sip(self, handler):
        """Takes a byte of an upload a second."""
        while not self.ended.wait(1):
            handler.rfile.read(1)

    def gulp(self, handler):
        """Takes 8 KiB of an upload every tenth of a second: it moves, and never ends."""
        while not self.ended.wait(0.1):
            handler.rfile.read(8192)

    def close(self):
        self.ended.set()
        self.listener.shutdown()
        self.listener.server_close()


def endless(head, piece):
    """A reply that begins with `head` and goes on with `piece` for ever."""

    def answer(handler):
        handler.wfile.write(head)
        while True:
            handler.wfile.write(piece)

    return answer
