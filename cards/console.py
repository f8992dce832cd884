"""What the console in the browser says when it cannot take something."""

WRONG_SHAPE = "This is nothing that the console's page sends. Please load the page again."
TOO_MUCH = "That is more than I can take at once. Please send less."
NOTHING_SAID = "Please write something, or add a picture."
NOT_HERE = "The console only answers on this machine."
NOT_FROM_HERE = "Only the console's own page can do this."
NO_SUCH_PICTURE = "There is no such picture here."
TOO_MANY_PICTURES = "I take four pictures or files at a time, so I took the first four."


def not_loopback(host: str) -> str:
    """Why the console does not start."""
    return (
        f"The console does not listen on {host}: whoever opens it can be anybody in the sample trust, "
        "so it stays on this machine. Use 127.0.0.1."
    )


def role_line(roles: list[str], runs: list[str], school: str) -> str:
    """Who somebody is, on one line: "Headteacher, runs Facebook · Oakfield High"; the trust's own have no school."""
    what = ", ".join([*roles, *(f"runs {account}" for account in runs)]) or ("teacher" if school else "central staff")
    return " · ".join(filter(None, [f"{what[:1].upper()}{what[1:]}", school]))
