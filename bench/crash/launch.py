"""`canipost serve`, whole, in a process of its own: only Microsoft's two addresses, and the hour, are the run's.

There is no setting for these, and there shall be none: whoever could set the addresses could let anybody in.
"""

import sys
from datetime import UTC, datetime, timedelta
from functools import partial

from bot import app, tokens
from bot.__main__ import main


def shifted(by: timedelta) -> datetime:
    """The time, moved: in a school's week at work, whenever the run is started."""
    return datetime.now(UTC) + by


if __name__ == "__main__":
    openid, login, seconds = sys.argv[1:]
    clock = partial(shifted, timedelta(seconds=float(seconds)))
    tokens.Registration = partial(tokens.Registration, openid=openid, login=login)  # type: ignore[assignment,misc]
    app.build = partial(app.build, clock=clock)
    sys.argv = ["canipost", "serve"]
    main()
