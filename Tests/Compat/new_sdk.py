"""runware-sdk 1.8.0 against the sandbox: `new_sdk.py rest|websocket`."""

import asyncio
import sys

from runware import Runware
from runware.errors import RunwareError

from witness import HOST, KEY, PROMPT, Odd, check_clips, expect, run

TRANSPORT = sys.argv[1]


def client(key=KEY):
    return Runware(
        api_key=key,
        transport=TRANSPORT,
        http_base_url=f"http://{HOST}/v1",
        ws_base_url=f"ws://{HOST}/v1",
        max_retries=0,
    )


def task(**changes):
    return {
        # Named, so that the SDK asks no registry on the net what the model is for.
        "taskType": "videoInference",
        "model": "pixverse:1@6",
        "positivePrompt": PROMPT,
        "width": 360,
        "height": 360,
        "duration": 5,
        "numberResults": 1,
        "includeCost": True,
        **changes,
    }


async def clips(count):
    async with client() as sdk:
        results = await sdk.run(task(numberResults=count))
    check_clips(
        [r["videoUUID"] for r in results],
        [r["videoURL"] for r in results],
        [r["cost"] for r in results],
        count,
    )
    return f"{count} of {count}"


async def refusal(expected, changes, key=KEY):
    try:
        async with client(key) as sdk:
            await sdk.run(task(**changes))
    except RunwareError as error:
        expect(error.code == expected, f"code {error.code} in place of {expected}: {error}")
        if expected == "validation":
            expect(error.parameter == "duration", f"parameter {error.parameter}")
        return f"refused as {error.code}"
    raise Odd("nothing was refused")


async def main():
    await run(
        "new REST" if TRANSPORT == "rest" else "new WS",
        [
            ("1 result", lambda: clips(1)),
            ("3 results", lambda: clips(3)),
            ("refused parameter", lambda: refusal("validation", {"duration": 7})),
            ("wrong key", lambda: refusal("auth", {}, key="sk-wrong")),
            ("failing task", lambda: refusal("provider", {"positivePrompt": PROMPT + " [fail]"})),
        ],
    )


asyncio.run(main())
