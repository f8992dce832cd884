"""E-mail over a real mail server on loopback: what is sent, encrypted or not at all, and whose fault a failure is."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.mail import MailSender
from bot.mail_server import MailServer, Security, is_sender, server_at
from bot.sender import Recipient, RetryLater, Shut, Undeliverable
from bot.settings import is_loopback
from cards import letter
from tests.fakes.mail import PASSWORD, USER, FakeMail, trusting

CARD = letter.waiting(["Ms Webb"])
FROM = "Can I Post <canipost@oakfield.example>"
AT = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)


def to(address: str = "okafor@oakfield.example") -> Recipient:
    return Recipient("", "", address, {})


def sender(mail: FakeMail, security: Security = "none", believes: bool = True, **login: str) -> MailSender:
    server = MailServer("localhost", mail.port, security, **login)
    return MailSender(server, FROM, lambda: AT, trusting() if believes else None, timeout=0.5)


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
async def test_a_letter_arrives(security: Security) -> None:
    async with FakeMail(security, auth=security == "starttls") as mail:
        login = {"user": USER, "password": PASSWORD} if mail.auth else {}
        await sender(mail, security, **login).send(to(), CARD)
    (told,) = mail.letters
    assert mail.encrypted == [security != "none"]
    assert (told["From"], told["To"], told["Subject"]) == (FROM, "okafor@oakfield.example", CARD.summary)
    assert (told["Auto-Submitted"], told["Date"]) == ("auto-generated", "Thu, 05 Nov 2026 09:00:00 +0000")
    assert told["Message-ID"].endswith("@oakfield.example>")
    assert (told.get_content_type(), told.get_content_charset()) == ("text/plain", "utf-8")
    assert "What waits for me" in told.get_content()
    assert "Ms Webb" in told.get_content()
    assert all(len(line) < 998 for line in mail.raw[0].splitlines())


async def test_without_encryption_nothing_is_said() -> None:
    async with FakeMail("none") as mail:
        with pytest.raises(Shut, match="STARTTLS"):
            await sender(mail, "starttls", user=USER, password=PASSWORD).send(to(), CARD)
    async with FakeMail("starttls") as mail:
        with pytest.raises(RetryLater):  # a certificate that nobody vouches for
            await sender(mail, "starttls", believes=False).send(to(), CARD)
    assert mail.raw == []


@pytest.mark.parametrize(("step", "answer", "end"), [
    ("rcpt", "550 5.1.1 no such user", Undeliverable), ("rcpt", "452 4.2.2 mailbox full", RetryLater),
    ("data", "554 5.7.1 we do not like it", Undeliverable), ("data", "451 4.7.1 greylisted", RetryLater),
    ("mail", "553 5.1.8 not from you", Shut), ("mail", "421 4.3.2 going down", RetryLater),
])
async def test_a_refusal_has_its_end(step: str, answer: str, end: type[Exception]) -> None:
    async with FakeMail() as mail:
        mail.refuses[step] = answer
        with pytest.raises(end) as caught:
            await sender(mail).send(to(), CARD)
        assert isinstance(caught.value, Shut) == (end is Shut)
        assert "okafor" not in str(caught.value), "no address in a reason"
        mail.refuses.clear()
        await sender(mail).send(to(), CARD)


async def test_a_wrong_password_is_an_administrators_to_mend() -> None:
    async with FakeMail("starttls", auth=True) as mail:
        with pytest.raises(Shut, match="535"):
            await sender(mail, "starttls", user=USER, password="another").send(to(), CARD)


async def test_a_server_that_hangs_or_is_not_there() -> None:
    async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the other end gives up
        writer.close()
        await writer.wait_closed()
        left.set()

    left = asyncio.Event()
    server = await asyncio.start_server(says_nothing, "127.0.0.1", 0)
    mail = FakeMail()
    mail.port = server.sockets[0].getsockname()[1]
    with pytest.raises(RetryLater):
        await sender(mail).send(to(), CARD)
    await left.wait()
    server.close()
    await server.wait_closed()
    with pytest.raises(RetryLater):
        await sender(mail).send(to(), CARD)


@pytest.mark.parametrize("address", [
    "", "okafor", "a@b.example\r\nBcc: all@oakfield.example", "a@b.example, c@d.example", "ökafor@b.example", "<>",
    "a@b@c",
])
async def test_no_address_becomes_another_header(address: str) -> None:
    async with FakeMail() as mail:
        with pytest.raises(Undeliverable):
            await sender(mail).send(to(address), CARD)
    assert mail.raw == []


@pytest.mark.parametrize(("url", "server"), [
    ("smtp://user:p%40ss@mail.example", MailServer("mail.example", 587, "starttls", "user", "p@ss")),
    ("smtps://user:pass@mail.example", MailServer("mail.example", 465, "tls", "user", "pass")),
    ("smtp://mail.example:2525", MailServer("mail.example", 2525, "starttls")),
    ("smtp://127.0.0.1", MailServer("127.0.0.1", 25, "none")), ("smtp://[::1]:26", MailServer("::1", 26, "none")),
])
def test_a_mail_servers_address(url: str, server: MailServer) -> None:
    assert server_at(url, is_loopback) == server


@pytest.mark.parametrize("url", [
    "mail.example", "http://mail.example", "smtp://", "smtp://user@mail.example", "smtp://mail.example/x",
    "smtp://mail.example:x", "smtp://mail.example:99999", "smtp://mail.example?tls=no",
])
def test_what_is_no_mail_server(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        server_at(url, is_loopback)


@pytest.mark.parametrize(("text", "good"), [
    (FROM, True), ("canipost@oakfield.example", True), ("canipost", False), ("a@b.example, c@d.example", False),
    ("a@b.example\nBcc: x@y.example", False), ("Can I Post", False), ("@oakfield.example", False),
])
def test_who_a_letter_is_from(text: str, good: bool) -> None:
    assert is_sender(text) is good
