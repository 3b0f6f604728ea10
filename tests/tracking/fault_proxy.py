"""A proxy between training and MLflow that does harm on order: refuses, cuts, hangs, asks for patience."""
import http.client
import http.server
import ssl
import threading
import time

PASS, CUT, HANG = 'pass', 'cut', 'hang'


class FaultProxy:
    """`fault(number, method, path)` says what becomes of a request: PASS; CUT: the server gets and answers it, the answer
    is thrown away and the connection cut; HANG: nothing ever comes; or (status, headers): an answer of the proxy's own."""

    def __init__(self, server_port, fault=lambda number, method, path: PASS, certificate=None):
        self.fault, self.server_port = fault, server_port
        self.requests = []  # (time, method, path, body, what became of it)
        self.logins = set()  # what Authorization said
        self.lock = threading.Lock()
        self.ended = threading.Event()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def handle_any(self):
                proxy.handle(self)

            do_GET = do_POST = do_PUT = do_PATCH = handle_any

            def log_message(self, *_):
                pass

        self.listener = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.listener.daemon_threads = True
        if certificate:  # a file with key and certificate: the proxy speaks TLS
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.listener.socket = context.wrap_socket(self.listener.socket, server_side=True)
        self.uri = f'http{"s" if certificate else ""}://127.0.0.1:{self.listener.server_address[1]}'
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def handle(self, handler):
        body = handler.rfile.read(int(handler.headers.get('Content-Length', 0)))
        with self.lock:
            action = self.fault(len(self.requests), handler.command, handler.path)
            self.logins.add(handler.headers.get('Authorization'))
            self.requests.append((time.monotonic(), handler.command, handler.path, body, action))
        if action == HANG:
            self.ended.wait(300)
        if action in (HANG, CUT):
            if action == CUT:
                self.forward(handler, body)
            handler.close_connection = True
            handler.connection.close()
            return
        status, headers, answer = self.forward(handler, body) if action == PASS else (*action, b'{"message": "not now"}')
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header('Content-Length', str(len(answer)))
        handler.end_headers()
        handler.wfile.write(answer)

    def forward(self, handler, body):
        connection = http.client.HTTPConnection('127.0.0.1', self.server_port, timeout=60)
        kept = {name: value for name, value in handler.headers.items() if name.lower() not in ('host', 'connection')}
        try:
            connection.request(handler.command, handler.path, body, kept)
            answer = connection.getresponse()
            return answer.status, {'Content-Type': answer.getheader('Content-Type', '')}, answer.read()
        except OSError:
            return 502, {}, b'the server behind is away'
        finally:
            connection.close()

    def reached_server(self, path_end):
        """The bodies that the server got for paths that end so."""
        return [body for _, _, path, body, action in self.requests if action in (PASS, CUT) and path.endswith(path_end)]

    def close(self):
        self.ended.set()
        self.listener.shutdown()
        self.listener.server_close()
