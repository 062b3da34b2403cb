"""tokens - who says whether an OAuth 2.0 token is good: an introspection
endpoint (RFC 7662) on loopback, for a Dovecot that asks it.

    tokens = Tokens()
    tokens.good["..."] = "xx@isp.test"    # token -> user
    Provider(..., mechanisms=tokens.mechanisms, extra=tokens.dovecot(folder))
"""
import http.server
import json
import threading
import urllib.parse

PASSDB = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {path}
}}
"""
ASK = """introspection_mode = post
introspection_url = http://127.0.0.1:{port}/introspect
username_attribute = username
active_attribute = active
active_value = true
"""


class Tokens:
    mechanisms = "plain xoauth2 oauthbearer"

    def __init__(self):
        self.good = {}
        self.asked = 0
        tokens = self

        class Endpoint(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                size = int(self.headers.get("Content-Length", 0))
                form = urllib.parse.parse_qs(self.rfile.read(size).decode())
                user = tokens.good.get(form.get("token", [""])[0])
                answer = {"active": "true", "username": user} if user else \
                    {"active": "false"}
                body = json.dumps(answer).encode()
                tokens.asked += 1
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                      Endpoint)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()

    def dovecot(self, folder):
        path = folder + "/oauth2.conf"
        with open(path, "w", encoding="ascii") as file:
            file.write(ASK.format(port=self.port))
        return PASSDB.format(path=path)
