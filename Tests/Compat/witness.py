"""What the witnesses share: the cases, and how one is told.

The official SDKs know nothing of Reel. That they get their clips from the sandbox shows that it speaks the
service's protocol, not a dialect that only Reel's own client understands.
"""

import asyncio
import os
import sys
import time
import urllib.request

HOST = os.environ["COMPAT_HOST"]
KEY = "sk-compat"
PROMPT = "a quiet lantern street"


class Odd(Exception):
    """The SDK came back, but not with what was expected."""


def expect(truth, what):
    if not truth:
        raise Odd(what)


def check_clips(uuids, urls, costs, count):
    """Each result is there once, has its price, and its URL leads to an MP4."""
    expect(len(urls) == count, f"{len(urls)} results in place of {count}")
    expect(len(set(uuids)) == count, f"results are not distinct: {uuids}")
    expect(all(cost and cost > 0 for cost in costs), f"costs: {costs}")
    for url in urls:
        with urllib.request.urlopen(url, timeout=20) as answer:
            body = answer.read()
        expect(body[4:8] == b"ftyp" and len(body) > 10_000, f"no clip at {url}")


async def run(transport, cases):
    """Runs the cases one after the other, a line each; exits with 1 if one went wrong."""
    failed = 0
    for name, case in cases:
        started = time.monotonic()
        try:
            told = await asyncio.wait_for(case(), timeout=60)
            word = "ok  "
        except Exception as error:  # whatever the SDK throws is the news here
            told = f"{type(error).__name__}: {error}"
            word = "FAIL"
            failed += 1
        seconds = time.monotonic() - started
        print(f"{word} {transport:<9} {name:<18} {seconds:5.1f} s  {told}", flush=True)
    sys.stdout.flush()
    # The old SDK leaves tasks of its own behind, which would keep the loop from ending.
    os._exit(1 if failed else 0)
