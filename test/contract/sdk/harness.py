"""Calls the simulator through the vendor's SDK, checks what the SDK reads, and records the calls."""
import json
import os
import re
import urllib.parse
import urllib.request
from importlib.metadata import version

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import SdkException, ServiceResponseException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.http.http_handler import HttpHandler
from huaweicloudsdkcore.utils.http_utils import sanitize_for_serialization
from huaweicloudsdkmodelarts.v1 import ModelArtsClient

from reading import differences, outline, unreadable

ENDPOINT = os.environ["CONTRACT_ENDPOINT"]
PROJECT = os.environ["CONTRACT_PROJECT"]
# Headers that differ between runs, or that are credentials.
UNRECORDED = {"authorization", "x-sdk-date", "host", "user-agent", "x-security-token", "x-project-id"}


class Contract:
    """One topic: a simulator in its initial state, the calls, and their record."""

    def __init__(self, topic):
        self.topic = topic
        self.surprises = 0
        self.calls = []
        self.names = {PROJECT: "project"}
        self._sent = None
        self._users = {}
        self._answer = None
        self.ops = self.client("OPS")
        self.control("reset", {}, record=False)

    def client(self, user, sk=None, retries=0):
        """A client with the keys of CONTRACT_<user>_AK, _SK and _TOKEN. `sk` replaces the secret key."""
        key = lambda name: os.environ.get("CONTRACT_%s_%s" % (user, name))
        credentials = BasicCredentials(key("AK"), sk or key("SK"), PROJECT)
        if key("TOKEN"):
            credentials = credentials.with_security_token(key("TOKEN"))
        config = HttpConfig.get_default_config()
        config.retry_times = retries
        handler = HttpHandler().add_request_handler(self._on_request).add_response_handler(self._on_response)
        builder = ModelArtsClient.new_builder().with_http_config(config).with_credentials(credentials)
        client = builder.with_endpoints([ENDPOINT]).with_http_handler(handler).build()
        self._users[client] = "neighbour" if user == "NEIGHBOUR" else "ops"
        return client

    def _on_request(self, request, **_):
        body = request.body.decode() if isinstance(request.body, bytes) else request.body
        headers = {k: v for k, v in request.header_params.items() if k.lower() not in UNRECORDED}
        self._sent = {"method": request.method, "target": request.uri, "headers": headers, "body": body}
        self._answer = None

    def _on_response(self, response, **_):
        self._answer = response

    def call(self, name, request, want=None, status=200, save=None, by=None, known=()):
        """Calls one operation. Returns the parsed response, or None when the call failed unexpectedly."""
        try:
            response = getattr(by or self.ops, name)(request)
        except (SdkException, TypeError, ValueError, AttributeError) as error:
            return self._report(name, ["%s" % error])
        read = sanitize_for_serialization(response)
        kind = type(response).__name__
        found = unreadable(self._json(), kind, known) + differences(read, want or {})
        self._finish(name, found, status, read, want, save, by)
        return response

    def plain(self, name, method, path, query=(), body=None, want=None, status=200, save=None, by=None):
        """A call that the SDK has no method for, sent through its signer. Returns the JSON of the answer."""
        client = by or self.ops
        try:
            prepared = client.build_future_request(
                method, path, {"project_id": PROJECT}, list(query), {"Content-Type": "application/json"},
                body, None, None, None, {}, None,
            ).result()
            client._do_http_request_sync(prepared)
        except SdkException as error:
            return self._report(name, ["%s" % error])
        read = self._json()
        self._finish(name, differences(read, want or {}), status, read, want, save, by)
        return read

    def error(self, name, call, status, code, by=None, record=True, answered=None):
        """An error response: its status, and the code as the SDK reads it. `call` is a request or a function.

        `answered` is the code of the answer where the SDK does not read it.
        """
        try:
            if callable(call):
                call(by or self.ops)
            else:
                getattr(by or self.ops, name)(call)
            return self._report(name, ["no error, expected %s %s" % (status, code)])
        except ServiceResponseException as error:
            got = (error.status_code, error.error_code)
            found = [] if got == (status, code) else ["%s %s, expected %s %s" % (*got, status, code)]
            if code.startswith("ModelArts.") and not error.error_msg:
                found.append("no message")
        except SdkException as error:
            return self._report(name, ["%s" % error])
        if record:
            self._record(name, status, {}, {"code": answered or code}, None, by)
        self._report("%s (%s %s)" % (name, status, code), found)

    def expect(self, name, holds, what):
        """A fact that no single field shows."""
        self._report(name, [] if holds else [what])

    def control(self, path, body, record=True):
        """A call of the control plane, which belongs to the record because later calls depend on it."""
        request = urllib.request.Request(ENDPOINT + "/_sim/" + path, json.dumps(body).encode(), method="POST")
        request.add_header("content-type", "application/json")
        with urllib.request.urlopen(request) as response:
            text = response.read()
        if record:
            self.calls.append({"control": path, "body": self._renamed(body)})
        return json.loads(text)

    def advance(self, seconds):
        self.control("clock", {"advance": int(seconds * 1000)})

    def _json(self):
        text = self._answer.text
        return json.loads(text) if text else None

    def _finish(self, name, found, status, read, want, save, by):
        got = self._answer.status_code
        if got != status:
            found = found + ["status %s, expected %s" % (got, status)]
        self._record(name, status, want, {"reads": outline(read, self._json())}, save, by)
        self._report(name, found)

    def _record(self, name, status, want, more, save, by):
        path, _, query = self._sent["target"].partition("?")
        body = self._sent["body"]
        request = {"method": self._sent["method"], "path": path}
        if query:
            request["query"] = query
        request["headers"] = self._sent["headers"]
        if body:
            request["body"] = json.loads(body)
        response = {"status": status, **more}
        equal = concrete(want)
        if equal:
            response["equals"] = equal
        user = self._users[by or self.ops]
        record = {"call": name, "by": user, "request": self._renamed(request), "response": self._renamed(response)}
        if save:
            record["save"] = save
            for variable, where in save.items():
                value = self._json()
                for key in where:
                    value = value[key]
                self.names[value] = variable
        self.calls.append(record)

    def _renamed(self, value):
        """Replaces the ids of this run by names, in every text."""
        text = json.dumps(value)
        for found in sorted(self.names, key=len, reverse=True):
            text = text.replace(found, "{%s}" % self.names[found])
        return json.loads(text)

    def _report(self, name, found):
        for what in found:
            self.surprises += 1
            print("NOT OK  %s: %s: %s" % (self.topic, name, re.sub(r"\s+", " ", what)[:400]))
        if not found:
            print("ok      %s: %s" % (self.topic, name))

    def save(self, folder):
        client = "huaweicloudsdkmodelarts " + version("huaweicloudsdkmodelarts")
        with open(os.path.join(folder, self.topic + ".json"), "w") as file:
            json.dump({"client": client, "calls": self.calls}, file, indent=1)
            file.write("\n")


def concrete(want):
    """The part of an expectation that is a value, not a type or a function."""
    if isinstance(want, dict):
        kept = {key: concrete(value) for key, value in want.items()}
        return {key: value for key, value in kept.items() if value is not None}
    if isinstance(want, list):
        kept = [concrete(item) for item in want]
        return None if any(item is None for item in kept) else kept
    return None if isinstance(want, type) or callable(want) else want
