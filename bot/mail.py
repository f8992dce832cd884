"""E-mail, the way of the last resort: a Sender that speaks SMTP. Off unless a mail server is configured."""

import ssl
from collections.abc import Callable
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

import aiosmtplib

from bot.mail_server import MailServer
from bot.sender import Delivered, Recipient, RetryLater, Shut, Undeliverable
from cards.card import Card, Text
from cards.letter import NO_ADDRESS, REFUSED

TIMEOUT = 20.0


class MailSender:
    """Delivers a card's words as plain text."""

    def __init__(
        self, server: MailServer, address: str, clock: Callable[[], datetime], trusting: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._server, self._address, self._clock, self._timeout = server, address, clock, timeout
        self._context = trusting or ssl.create_default_context()

    async def send(self, to: Recipient, card: Card, attach: bool = False) -> Delivered:
        """Hand it to the mail server. It cannot be replaced later."""
        server = self._server
        letter = self._letter(to.email, card)
        try:
            await aiosmtplib.send(
                letter, hostname=server.host, port=server.port, timeout=self._timeout, tls_context=self._context,
                use_tls=server.security == "tls", start_tls=server.security == "starttls",
                username=server.user or None, password=server.password or None,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _told(error) from None
        return Delivered("", "", "")

    async def replace(self, at: Delivered, to: Recipient, card: Card) -> None:
        """What was mailed stays as it is."""
        raise Undeliverable("a letter cannot be taken back")

    def _letter(self, address: str, card: Card) -> EmailMessage:
        """Every header is set by the library, which refuses what would begin another."""
        letter = EmailMessage(policy=SMTP)
        try:
            letter["From"] = self._address
            letter["To"] = Address(addr_spec=address)
            address.encode("ascii")
        except (MessageError, ValueError, IndexError, AttributeError):
            raise Undeliverable(NO_ADDRESS) from None
        letter["Subject"] = card.summary
        letter["Date"] = format_datetime(self._clock())
        letter["Message-ID"] = make_msgid(domain=self._address.rpartition("@")[2].strip(" >"))
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content("\n\n".join(each.text for each in card.elements if isinstance(each, Text)) + "\n")
        return letter


def _told(error: Exception) -> RetryLater | Undeliverable:
    """5xx for the recipient or the letter is the end; for who signs in or sends, an administrator's to mend."""
    match error:
        case aiosmtplib.SMTPRecipientsRefused():
            code = min((each.code for each in error.recipients), default=450)
            return Undeliverable(REFUSED.format(code=code)) if code >= 500 else RetryLater(f"mail: {code}")
        case aiosmtplib.SMTPAuthenticationError() | aiosmtplib.SMTPSenderRefused():
            return Shut(str(error.code)) if error.code >= 500 else RetryLater(f"mail: {error.code}")
        case aiosmtplib.SMTPDataError():
            code = error.code
            return Undeliverable(REFUSED.format(code=code)) if code >= 500 else RetryLater(f"mail: {code}")
        case _ if type(error) is aiosmtplib.SMTPException:  # the library's own: what we need it does not offer
            return Shut("it offers no STARTTLS, or no way to sign in")
    return RetryLater(f"mail: {type(error).__name__}")
