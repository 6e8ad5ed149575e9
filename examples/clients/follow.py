#!/usr/bin/env python3
"""Follows a stream by the standard library alone: MOORLINE_URL=http://127.0.0.1:8080 python3 follow.py STREAM"""
import json, os, sys, time, urllib.request

url = "%s/api/v1/streams/%s" % (os.environ.get("MOORLINE_URL", "http://127.0.0.1:8080"), sys.argv[1])
headers = {"accept": "text/event-stream", "authorization": "Bearer " + os.environ.get("MOORLINE_TOKEN", "none")}
ended = False
while not ended:
    event = {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
            ended = answer.status == 204  # it has all of an ended stream already
            for line in answer:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    event[name] = value
                    continue
                if event.get("event") == "subscribed" and not json.loads(event["data"])["recovered"]:
                    print("chunks are gone: what follows begins anew", flush=True)
                elif "id" in event:
                    headers["last-event-id"] = event["id"]  # where it goes on after a lost connection
                    print(json.loads(event["data"]), flush=True)
                ended = ended or event.get("event") == "end"
                event = {}
    except OSError as error:  # nobody is there for a moment; but what is refused once is refused again
        if getattr(error, "code", 500) < 500:
            raise
    time.sleep(0 if ended else 0.5)
