"""runware 0.5.24 against the sandbox, over WebSocket, which is all it speaks."""

import asyncio
import logging
import os

# Read when the module is imported: by default it waits half a minute between polls.
os.environ["RUNWARE_VIDEO_INITIAL_TIMEOUT"] = "2000"
os.environ["RUNWARE_VIDEO_POLLING_DELAY"] = "1000"

from runware import IPixverseProviderSettings, IVideoInference, Runware  # noqa: E402

from witness import HOST, KEY, PROMPT, Odd, check_clips, expect, run  # noqa: E402

logging.disable(logging.CRITICAL)


async def ask(count=1, key=KEY, **changes):
    sdk = Runware(api_key=key, url=f"ws://{HOST}/v1")
    await sdk.connect()
    try:
        request = {
            "model": "pixverse:1@6",
            "positivePrompt": PROMPT,
            "width": 360,
            "height": 360,
            "duration": 5,
            "numberResults": count,
            "includeCost": True,
            "providerSettings": IPixverseProviderSettings(audio=False),
            **changes,
        }
        accepted = await sdk.videoInference(IVideoInference(**request))
        return await sdk.getResponse(accepted.taskUUID, numberResults=count)
    finally:
        await sdk.disconnect()


async def clips(count):
    videos = await ask(count)
    check_clips(
        [v.videoUUID for v in videos], [v.videoURL for v in videos], [v.cost for v in videos], count
    )
    return f"{count} of {count}"


async def refusal(word, **changes):
    try:
        await ask(**changes)
    except Odd:
        raise
    except Exception as error:
        told = f"{type(error).__name__} {error} {getattr(error, 'error_data', '')}"
        expect(word in told, f"no '{word}' in: {told}")
        return f"{type(error).__name__}"
    raise Odd("nothing was refused")


async def main():
    await run(
        "old WS",
        [
            ("1 result", lambda: clips(1)),
            ("3 results", lambda: clips(3)),
            ("refused parameter", lambda: refusal("unsupportedDuration", duration=7)),
            ("wrong key", lambda: refusal("ConnectionError", key="sk-wrong")),
            ("failing task", lambda: refusal("providerError", positivePrompt=PROMPT + " [fail]")),
        ],
    )


asyncio.run(main())
