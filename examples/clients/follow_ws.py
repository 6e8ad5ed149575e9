#!/usr/bin/env python3
"""Follows a stream on a WebSocket, by the standard library alone: MOORLINE_URL=... python3 follow_ws.py STREAM"""
import json, os, socket, struct, sys, urllib.parse

gateway = urllib.parse.urlparse(os.environ.get("MOORLINE_URL", "http://127.0.0.1:8080"))
connection = socket.create_connection((gateway.hostname, gateway.port or 80), timeout=60)
stream = connection.makefile("rb")
connection.sendall(("GET /api/v1/ws HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" % (gateway.netloc, os.environ.get("MOORLINE_TOKEN", "none"))).encode())
while stream.readline().strip():  # the head of the answer
    pass

def send(kind, data):  # masked with zeros, which is a mask, too
    size = struct.pack("!B", 0x80 | len(data)) if len(data) < 126 else struct.pack("!BH", 0xFE, len(data))
    connection.sendall(bytes([0x80 | kind]) + size + b"\0\0\0\0" + data)

send(1, json.dumps({"id": 1, "subscribe": {"stream": sys.argv[1], "offset": 0, "epoch": ""}}).encode())
while True:
    kind, size = stream.read(2)
    size = struct.unpack("!H", stream.read(2))[0] if size == 126 else struct.unpack("!Q", stream.read(8))[0] if size == 127 else size
    data = stream.read(size)
    if kind & 15 == 9:  # a ping
        send(10, data)
    elif kind & 15 == 8:  # closed, for the reason of the code
        sys.exit("closed by %d" % struct.unpack("!H", data[:2]))
    else:
        frame = json.loads(data)
        if frame.get("end"):
            break
        if "data" in frame:
            print(frame["data"], flush=True)
