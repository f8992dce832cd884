"""A mail server over loopback, aiosmtpd's: it keeps what it is given, refuses whom it is told, and encrypts."""

import asyncio
import ssl
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from typing import Any, Self

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "canipost", "pässword:with@all/of it"


@cache
def authority() -> trustme.CA:
    """Who vouches for the server; made once a run."""
    return trustme.CA()


def trusting() -> ssl.SSLContext:
    """A client that believes the authority."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context


class FakeMail:
    """`async with FakeMail("starttls") as mail: …`. `refuses`: what is answered at each step (`rcpt`, `data` …)."""

    def __init__(self, security: str = "none", auth: bool = False) -> None:
        self.security, self.auth = security, auth
        self.letters: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.refuses: dict[str, str] = {}
        self.encrypted: list[bool] = []
        self.port = 0

    async def __aenter__(self) -> Self:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority().issue_cert("localhost").configure_cert(context)
        encrypts = self.security == "starttls"
        extra: dict[str, Any] = {"tls_context": context, "require_starttls": True} if encrypts else {}
        if self.auth:
            extra |= {"authenticator": self._authenticated, "auth_required": True,
                      "auth_require_tls": encrypts}
        loop = asyncio.get_running_loop()

        def served() -> SMTP:
            return SMTP(self, hostname="localhost", loop=loop, **extra)

        self._server = await loop.create_server(
            served, "127.0.0.1", 0, ssl=context if self.security == "tls" else None)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    def _authenticated(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        good = (given.login.decode(), given.password.decode()) == (USER, PASSWORD)
        return AuthResult(success=good, handled=False)

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.refuses.get("mail", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.refuses.get("rcpt", "250 OK")

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "data" in self.refuses:
            return self.refuses["data"]
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        letter = message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        assert [each.addr_spec for each in letter["To"].addresses] == envelope.rcpt_tos
        self.letters.append(letter)
        self.encrypted.append(session.ssl is not None or self.security == "tls")
        return "250 OK"
