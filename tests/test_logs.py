"""The log: JSON lines that say what happened and where, and never what somebody wrote or is called.

Each is written by a process of its own: pytest has handlers of its own on the root logger.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bot.logs import PERSONAL

SECRET = "Zoe Marsh of 8B"
START = f"""
import logging, structlog
from bot import logs
logs.set_up()
SECRET, log = {SECRET!r}, structlog.get_logger("canipost")
"""


def written(script: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-c", START + script],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    assert SECRET not in done.stderr
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_a_line_is_json_with_time_level_and_place() -> None:
    [line] = written("log.info('delivered', notice=7)")
    assert (line["event"], line["level"], line["logger"], line["notice"]) == ("delivered", "info", "canipost", 7)
    assert line["timestamp"].endswith("Z")


def test_what_is_personal_is_left_out_whoever_passes_it() -> None:
    [line] = written("log.info('said', **dict.fromkeys(logs.PERSONAL, SECRET))")
    assert {line[key] for key in PERSONAL} == {"(left out)"}


def test_an_exception_tells_its_place_but_not_its_words_or_variables() -> None:
    script = """
def flow():
    words = SECRET
    try:
        raise ValueError(words)
    except ValueError as error:
        raise ExceptionGroup(words, [RuntimeError(words), error]) from error
try:
    flow()
except ExceptionGroup:
    log.exception('flow failed', code='7K2-M4P')
"""
    [line] = written(script)
    assert line["code"] == "7K2-M4P"
    assert line["exception"][0]["exc_type"] == "ExceptionGroup"
    assert '"exc_type": "ValueError"' in json.dumps(line)
    assert line["exception"][0]["frames"][-1]["name"] == "flow"


def test_libraries_speak_json_too_and_not_of_every_request() -> None:
    [line] = written(
        "logging.getLogger('slack_bolt.AsyncApp').info('body: %s', SECRET)\n"
        "logging.getLogger('aiohttp.access').info('GET / %s', SECRET)\n"
        "logging.getLogger('aiohttp.server').error('no good')\n"
    )
    assert (line["event"], line["logger"]) == ("no good", "aiohttp.server")
