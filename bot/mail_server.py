"""Where mail is handed in, and from whom it comes: what the two settings say."""

from collections.abc import Callable
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from typing import Literal
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 587, "smtps": 465}
Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server. `security`: none only where it is on this machine."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = ""


def server_at(url: str, is_here: Callable[[str], bool]) -> MailServer:
    """The server of smtp://user:password@host:587 (STARTTLS) or smtps://…; ValueError for anything else."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in PORTS or not host or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("no mail server")
    encrypted: Security = "tls" if parts.scheme == "smtps" else "starttls"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError("a name without a password")
    plain = parts.scheme == "smtp" and is_here(host)
    port = parts.port or (25 if plain else PORTS[parts.scheme])
    return MailServer(host, port, "none" if plain else encrypted, user, password)


def is_sender(text: str) -> bool:
    """Whether mail can come from it: one address, with a name before it or without."""
    letter = EmailMessage(policy=SMTP)
    try:
        letter["From"] = text
        (address,) = letter["From"].addresses
    except (MessageError, ValueError, IndexError, AttributeError):
        return False
    return bool(address.username and "." in address.domain) and text.isascii() and not letter["From"].defects
