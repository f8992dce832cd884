"""Files of reports below the chat: which are taken, how they are sealed and renewed, what is swept and what is not."""

import asyncio
import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PIL import Image
from sqlalchemy import text

from bot import demo, exhibits, jobs
from cards.action import Verb
from handlers import packs
from handlers.dispatch import Desk
from handlers.event import Event, Place
from handlers.report_evidence import As, gate
from handlers.rules import packfile
from handlers.rules.evidence import PAPER, Unfit, media_type, preview, safe_name
from handlers.rules.report import Takes, takes
from storage import evidence, named, parcel, people, report_seals, request, trust
from storage import report as reports
from storage.database import Database, Unit
from storage.evidence import Exhibit
from storage.files import FileStore
from storage.tables import Platform, Report
from storage.vault import Unreadable, Vault, new_key
from tests.dialogs.reporting import screenshot

Given = TypeVar("Given")
AT = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)
KEYS = [new_key(), new_key()]
CONCERNS = [each for name in packs.names() for each in packfile.read(packs.bundled(name)).reports]
SHOT = Exhibit("quaggamire.png", "image/png", 9, "5" * 64, ("7" * 64, "8" * 64), "a key of its own")


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url, Vault(KEYS[:1]))
    yield opened
    opened.close()


def within(database: Database, work: Callable[[Unit], Given]) -> Given:
    def acting(u: Unit) -> Given:
        demo.write(u, AT)
        return work(u)

    return database.run_now(acting)


def drafted(u: Unit, concern: str = "colleague", **more: Any) -> Report:
    """A report of Ms Okafor's, who is known on the console."""
    person = people.by_email(u, demo.email("okafor"))
    assert person is not None and person.id is not None
    version = people.trust(u).pack_version
    return reports.create(u, concern, version, person.id, {"what": "It was rude."}, **more)


# Which files are taken


@pytest.mark.parametrize(("previews", "linked"), [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize("imagery", [False, True])
def test_what_may_be_imagery_takes_no_file_whatever_there_is_to_show_it(
    imagery: bool, previews: bool, linked: bool,
) -> None:
    assert len(CONCERNS) > 15 and any(not each.pictures for each in CONCERNS)
    otherwise = Takes.ALL if linked else Takes.PICTURES if previews else Takes.NOWHERE
    for concern in CONCERNS:
        refused = imagery or not concern.pictures
        assert takes(concern, imagery, previews, linked) == (Takes.REFUSED if refused else otherwise)
    assert takes(None, imagery, previews, linked) == Takes.UNKNOWN
    assert [each for each in Takes if each.some] == [Takes.PICTURES, Takes.ALL]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_door_is_told_before_it_fetches_anything(database: Database) -> None:
    """Only for one's own report, of a kind that takes files, in the window for files; whatever a payload says."""
    def ask(u: Unit) -> dict[tuple[str, str, Verb], As]:
        u.act_for(people.trust(u), AT)
        found = {}
        for who in ("okafor", "lund"):
            person = people.by_email(u, demo.email(who))
            assert person is not None
            people.link(u, person, Platform.CONSOLE, "t", who, {})
        subjects = {each: drafted(u, each).id for each in ("colleague", "images")}
        for who in ("okafor", "lund", "stranger"):
            for concern, subject in {**subjects, "none": "A" * 16, "": ""}.items():
                for verb in Verb:
                    place = Place(Platform.CONSOLE, "t", who, who)
                    answer = gate(Event("k", AT, verb, place, subject, arg="chat", text="look at this"), "", u)
                    found[who, concern, verb] = answer.takes
                    assert answer.takes != As.NOTHING or answer.event.problems
        return found

    found = within(database, ask)
    taken = [key for key, as_ in found.items() if as_ == As.EVIDENCE]
    assert taken == [("okafor", "colleague", Verb.ADD_EVIDENCE)]
    pictures = {verb for (_, _, verb), as_ in found.items() if as_ == As.PICTURE}
    assert not [verb for verb in pictures if "report" in verb and not verb.startswith("late")]
    others = [found[key] for key in found if key[0] == "lund" and key[1] != "none"]
    assert others == [found["lund", "none", key[2]] for key in found if key[0] == "lund" and key[1] != "none"]


def png(width: int, height: int) -> bytes:
    """A picture that says that it is so large, and is a few bytes."""
    head = b"IHDR" + width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(head) + chunk(b"IDAT" + zlib.compress(b""))


def chunk(data: bytes) -> bytes:
    return (len(data) - 4).to_bytes(4) + data + zlib.crc32(data).to_bytes(4)


def zipped(what: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", what)
    return out.getvalue()


@pytest.mark.parametrize(("data", "found"), [
    (b"", Unfit.EMPTY),
    (b"\xff" * 10_000_001, Unfit.TOO_LARGE),
    (screenshot("x"), "image/png"),
    (b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;", "image/gif"),
    (png(60_000, 60_000), Unfit.TOO_MANY_PIXELS),
    (png(9000, 9000), Unfit.TOO_MANY_PIXELS),
    (b"%PDF-1.7\nwords", PAPER),
    (b"%PDF-1.7\ntrailer <</Encrypt 5 0 R>>", Unfit.LOCKED),
    (zipped(b"\0" * 5_000_000), Unfit.ARCHIVE),
    (b"PK\x03\x04\x14\0\x01\0locked", Unfit.LOCKED),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old document", Unfit.ARCHIVE),
    (b"\x1f\x8b\x08", Unfit.ARCHIVE),
    (b"MZ\x90\0 a program", Unfit.OTHER),
    (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", Unfit.OTHER),
    (b"<html><script>alert(1)</script>", Unfit.OTHER),
    (b"\xff\xd8\xff not one after all", Unfit.OTHER),
])
def test_a_file_is_what_its_bytes_say(data: bytes, found: str) -> None:
    assert media_type(data, papers=True) == found


def test_a_document_is_taken_only_where_it_can_be_handed_out() -> None:
    assert media_type(b"%PDF-1.7\nwords", papers=False) == Unfit.PAPER


@pytest.mark.parametrize(("said", "shown"), [
    ("post.png", "post.png"), ("../../etc/passwd", "passwd"), ("C:\\Users\\me\\a.png", "a.png"),
    ("a\u202egnp.exe", "agnp.exe"), ("a\x00\n b.png", "a b.png"), ('<b>"x"</b>.png', "b.png"), ("...", "file"),
    ("", "file"), ("ü" * 200 + ".jpeg", "ü" * 70 + ".jpeg"), ("  ", "file"),
])
def test_a_name_is_made_harmless(said: str, shown: str) -> None:
    assert safe_name(said) == shown


def test_a_preview_is_drawn_from_the_dots_alone() -> None:
    noise, out = Image.frombytes("RGB", (900, 700), os.urandom(900 * 700 * 3)), io.BytesIO()
    camera = Image.Exif()
    camera[0x010F] = "quaggamire"
    noise.save(out, "JPEG", exif=camera, comment=b"quaggamire")
    assert b"quaggamire" in out.getvalue()
    small = preview(out.getvalue(), 14_000)
    assert 0 < len(small) <= 14_000 and b"quaggamire" not in small
    with Image.open(io.BytesIO(small)) as image:
        assert image.format == "JPEG" and not image.getexif() and "comment" not in image.info
    assert preview(png(60_000, 60_000), 14_000) == b"" and preview(out.getvalue()[:300], 14_000) == b""


# Sealed


def test_a_sealed_file_opens_whole_with_its_own_key_alone() -> None:
    data = b"quaggamire" + bytes(range(256)) * 10_000
    key, pieces = parcel.sealed(data)
    digest = hashlib.sha256(data).hexdigest()
    assert len(pieces) == 3 and not any(b"quagga" in piece for piece in pieces)
    with pytest.raises(Unreadable):
        parcel.opened(key, pieces, "5" * 64)
    assert parcel.opened(key, pieces, digest) == data
    for spoiled in (pieces[:2], pieces[::-1], [*pieces[:2], pieces[2][:-8] + b"AAAAAAAA"], [b"no"]):
        with pytest.raises(Unreadable):
            parcel.opened(key, spoiled, digest)
    with pytest.raises(Unreadable):
        parcel.opened(parcel.sealed(b"")[0], pieces, digest)


async def test_at_the_door_a_file_is_sealed_before_it_touches_the_disk(tmp_path: Path) -> None:
    files, data = FileStore(tmp_path), screenshot("quaggamire")
    taken = await exhibits.take(files, True, "a/b.png", data)
    assert isinstance(taken, Exhibit) and taken.name == "b.png" and "key" not in repr(taken)
    lying = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(lying) == 1 and b"quaggamire" not in lying[0].read_bytes()
    assert await exhibits.whole(files, taken) == data
    assert (await exhibits.previews(files, [taken])).keys() == {taken.id}
    lying[0].write_bytes(b"altered")
    assert await exhibits.whole(files, taken) is None
    assert await exhibits.previews(files, [taken]) == {}
    assert await exhibits.take(files, True, "b.png", data[:-30]) == (
        "b.png is damaged, and cannot be shown. Please save it again and add it once more.")
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_nothing_of_a_file_stands_in_its_rows(database: Database) -> None:
    def write(u: Unit) -> str:
        own = drafted(u)
        evidence.add(u, own.id, SHOT, 0)
        assert evidence.of_report(u, own.id)[0].name == SHOT.name
        tables = ("evidence", "evidencepiece")
        return repr([u.connection.execute(text(f"SELECT * FROM {name}")).all() for name in tables])

    rows = within(database, write)
    assert "7" * 64 in rows and not [each for each in ("quagga", "image/png", "5" * 64, "a key of") if each in rows]


def test_renewed_keys_open_every_file_and_the_old_one_none(database: Database) -> None:
    def write(u: Unit) -> str:
        own = drafted(u)
        evidence.add(u, own.id, SHOT, 0)
        return own.id

    number = within(database, write)
    database.vault = Vault([KEYS[1], KEYS[0]])
    assert database.run_now(report_seals.renew) == 2
    database.vault = Vault([KEYS[1]])
    assert [each.key for each in within(database, lambda u: evidence.of_report(u, number))] == [SHOT.key]
    database.vault = Vault([KEYS[0]])
    assert [each.digest for each in within(database, lambda u: evidence.of_report(u, number))] == [""]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_what_lies_with_open_reports_is_counted(database: Database) -> None:
    """Closed ones, others' and other trusts' are not."""
    def play(u: Unit) -> list[int]:
        one, other, closed = drafted(u), drafted(u), drafted(u, closed_at=AT)
        for report in (one, other, closed):
            evidence.add(u, report.id, SHOT, 0)
        return [evidence.count_open(u, one.reporter_id), evidence.count_open(u, one.reporter_id + 1)]

    assert within(database, play) == [2, 0]


def test_another_trust_sees_none_of_it(database: Database) -> None:
    def write(u: Unit) -> tuple[str, str]:
        own = drafted(u)
        return own.id, evidence.add(u, own.id, SHOT, 0).id

    report, number = within(database, write)

    def look(u: Unit) -> None:
        u.act_for(trust.add(u, "a", "0" * 64, "Another", "Europe/London", AT), AT)
        assert evidence.get(u, number) is None and evidence.of_report(u, report) == []
        assert evidence.drop(u, report) == 0 and not u.unnamed

    database.run_now(look)
    assert within(database, lambda u: evidence.get(u, number)) is not None


# Swept


def age(files: FileStore, digest: str, days: float) -> None:
    then = AT.timestamp() - days * 86_400
    os.utime(files.root / digest[:2] / digest, (then, then))


async def test_what_no_row_names_is_swept_after_a_day(database: Database, tmp_path: Path) -> None:
    files = FileStore(tmp_path / "files")
    young, old, picture, thumb, piece = (files.put(f"{number}".encode()) for number in range(5))
    for digest in (old, picture, thumb, piece):
        age(files, digest, 2)
    age(files, young, 0.5)
    unfinished = files.root / old[:2] / "tmpabc"
    unfinished.write_bytes(b"half")
    os.utime(unfinished, (0, 0))

    def name(u: Unit) -> None:
        own = drafted(u)
        evidence.add(u, own.id, Exhibit("a", "b", 1, "c", (piece,), "k"), 0)
        facts = {"digest": picture, "thumb": thumb, "media_type": "image/png", "size": 1, "width": 1, "height": 1}
        request.add_file(u, own.reporter_id, facts)

    await asyncio.to_thread(within, database, name)
    desk = Desk(database, files)
    assert await jobs.sweep(desk, lambda: AT) == 1
    assert {path.name for path in files.root.rglob("*") if path.is_file()} == {young, picture, thumb, piece}
    assert await jobs.sweep(desk, lambda: AT + timedelta(days=1)) == 1
    assert await jobs.sweep(Desk(database), lambda: AT) == 0


def test_what_is_given_again_while_it_is_swept_stays(tmp_path: Path) -> None:
    """Found old, and then given anew: the sweep looks again, and lets it lie."""
    files = FileStore(tmp_path)
    digest = files.put(b"volcano")
    age(files, digest, 2)
    found = list(files.old(AT))
    files.put(b"volcano")
    assert found == [digest] and files.discard_old(found, AT) == 0
    assert files.get(digest) == b"volcano"


def test_what_is_given_while_it_lies_aside_is_written_anew(tmp_path: Path) -> None:
    """A sweep was stopped half-way: what it left is deleted by the next, and the file is there again."""
    files = FileStore(tmp_path)
    path = tmp_path / (digest := files.put(b"volcano"))[:2] / digest
    path.rename(aside := path.with_name(f"{digest}.0a1b2c3d"))
    assert files.put(b"volcano") == digest and files.get(digest) == b"volcano"
    os.utime(aside, (0, 0))
    assert list(files.old(AT)) == [] and not aside.exists() and path.exists()


def test_several_sweep_while_others_give_the_same(tmp_path: Path) -> None:
    """Whoever gave it last has it, however the processes meet."""
    files = [FileStore(tmp_path) for _ in range(4)]
    before = datetime.now(UTC) - timedelta(days=1)

    def sweeps(store: FileStore) -> None:
        for _ in range(8):
            store.discard_old(list(store.old(before)), before)

    given = [f"{number}".encode() for number in range(60)]
    for _ in range(2):
        digests = [files[0].put(each) for each in given]
        for digest in digests:
            os.utime(tmp_path / digest[:2] / digest, (0, 0))
        with ThreadPoolExecutor(3) as threads:
            running = [threads.submit(sweeps, store) for store in files[:3]]
            assert [files[3].put(each) for each in given] == digests
            [each.result() for each in running]
        assert [files[3].get(digest) for digest in digests] == given


def test_a_file_that_another_row_names_is_kept(database: Database) -> None:
    """The same picture in somebody else's post: one person's withdrawal takes nothing from them."""
    def play(u: Unit) -> tuple[list[str], list[str]]:
        facts = {"digest": "1" * 64, "thumb": "2" * 64, "media_type": "image/png", "size": 1, "width": 1, "height": 1}
        for who in ("okafor", "lund"):
            person = people.by_email(u, demo.email(who))
            assert person is not None and person.id is not None
            request.add_file(u, person.id, facts)
        both = ["1" * 64, "2" * 64, "3" * 64]
        return named.unnamed(u, both), named.unnamed(u, [])

    assert within(database, play) == (["3" * 64], [])
