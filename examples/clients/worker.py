#!/usr/bin/env python3
"""A worker in Python, by its standard library alone: MOORLINE_URL=http://127.0.0.1:8080 python3 worker.py QUEUE

Claims jobs over HTTP, renews their leases while they run, settles them, and on SIGTERM or SIGINT ends what it can
within the grace and hands the rest back, so that another worker has it at once. Put your work into `handle`.
"""
import json
import os
import random
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

CONCURRENCY = int(os.environ.get("CONCURRENCY", "4"))
LEASE_MS = int(os.environ.get("LEASE_MS", "30000"))
GRACE_S = float(os.environ.get("GRACE_S", "10"))
POLL_MS = 2000  # a claim waits so long for work, and a stopping worker for its last claim


class NeverRetry(Exception):
    """Another try would fail the same: the job becomes a dead letter at once."""


def handle(job):
    """Does a job; what it returns is the job's result. It may run twice: do it so that this is no harm."""
    data = job["data"]
    if data.get("fail"):
        raise NeverRetry("as it was told")
    time.sleep(data.get("seconds", 0))
    return {"greeting": "Hello " + data.get("name", "world")}


class Gateway:
    RETRYABLE = (429, 502, 503, 504)

    def __init__(self, url, token):
        self.url = url.rstrip("/")
        self.headers = {"content-type": "application/json"}
        if token:
            self.headers["authorization"] = "Bearer " + token

    def post(self, queue, verb, body, retry_s=0.0, wait_s=0.0):
        """The answer. While nobody answers, or asks for patience, it is sent again for `retry_s`."""
        path = "/api/v1/queues/%s/%s" % (urllib.parse.quote(queue, safe=""), verb)
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), self.headers)
        until = time.monotonic() + retry_s
        pause = 0.1
        while True:
            try:
                with urllib.request.urlopen(request, timeout=wait_s + 15) as response:
                    return json.load(response)
            except (OSError, ValueError) as error:  # urllib's own errors are OSErrors
                final = isinstance(error, urllib.error.HTTPError) and error.code not in self.RETRYABLE
                if final or time.monotonic() + pause > until:
                    raise
            time.sleep(pause * random.uniform(0.5, 1))
            pause = min(pause * 2, 2)


class Worker:
    def __init__(self, gateway, queue):
        self.gateway, self.queue = gateway, queue
        self.name = "%s-%d" % (socket.gethostname(), os.getpid())
        self.running = {}  # fence -> job
        self.changed = threading.Condition()
        self.stopping = threading.Event()

    def run(self):
        threading.Thread(target=self.renew, daemon=True).start()
        while not self.stopping.is_set():
            free = CONCURRENCY - len(self.running)
            if free == 0:
                with self.changed:
                    self.changed.wait(1)
            else:
                self.claim(free)
        self.finish()

    def claim(self, free):
        body = {"max": free, "waitMs": POLL_MS, "leaseMs": LEASE_MS, "worker": self.name}
        try:
            jobs = self.gateway.post(self.queue, "claim", body, wait_s=POLL_MS / 1000)["jobs"]
        except OSError as error:
            print("cannot claim, trying again: %s" % error, file=sys.stderr)
            self.stopping.wait(random.uniform(0.5, 1))
            return
        for job in jobs:
            self.running[job["fence"]] = job
            threading.Thread(target=self.work, args=(job,), daemon=True).start()

    def work(self, job):
        delivery = {"id": job["id"], "fence": job["fence"]}
        try:
            settlement = {"done": [dict(delivery, result=handle(job))]}
        except Exception as error:  # whatever it is, it is the job's outcome
            failure = {"message": str(error) or "no message", "code": type(error).__name__}
            settlement = {"failed": [dict(delivery, error=failure, retry=not isinstance(error, NeverRetry))]}
        with self.changed:
            # Not there any more: the lease was lost, or the job was handed back. Its outcome is another worker's to tell.
            mine = job["fence"] in self.running
        if mine:
            self.settle(settlement)
        with self.changed:
            self.running.pop(job["fence"], None)
            self.changed.notify_all()

    def settle(self, settlement):
        """Sent again until the lease is over: the same settlement twice is no harm."""
        try:
            self.gateway.post(self.queue, "settle", settlement, retry_s=LEASE_MS / 1000)
        except OSError as error:
            print("cannot settle, the job will run again: %s" % error, file=sys.stderr)

    def renew(self):
        while True:
            time.sleep(LEASE_MS / 3000)
            held = [{"id": job["id"], "fence": fence, "leaseMs": LEASE_MS} for fence, job in list(self.running.items())]
            if not held:
                continue
            try:
                answer = self.gateway.post(self.queue, "settle", {"extend": held})
            except OSError as error:
                print("cannot renew, trying again: %s" % error, file=sys.stderr)
                continue
            with self.changed:
                for lost in answer["rejected"]:
                    self.running.pop(lost["fence"], None)

    def finish(self):
        until = time.monotonic() + GRACE_S
        with self.changed:
            while self.running and time.monotonic() < until:
                self.changed.wait(until - time.monotonic())
            left = [{"id": job["id"], "fence": fence} for fence, job in self.running.items()]
            self.running.clear()
        if left:
            self.settle({"release": left})


def token():
    file = os.environ.get("MOORLINE_TOKEN_FILE")
    if file:
        with open(file, encoding="utf-8") as secret:
            return secret.read().strip()
    return os.environ.get("MOORLINE_TOKEN")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: worker.py QUEUE")
    worker = Worker(Gateway(os.environ.get("MOORLINE_URL", "http://127.0.0.1:8080"), token()), sys.argv[1])
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: worker.stopping.set())
    worker.run()
