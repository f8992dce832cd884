"""The Teams door over HTTP: real botbuilder, signed tokens, a fake Microsoft. What is refused, and what is shown."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest

from cards import teams_words
from cards.action import Action, Verb
from cards.card import Button, Card, Form, Text, TextField
from handlers.answer import Answer, Coming, Home, Note, Open, Replace, Show, Silence, Unknown
from tests.fakes.teams import APP, CARD, TENANT, private_key
from tests.fakes.teams_chat import BOT, texts
from tests.fakes.teams_world import World, opened

DO = Action(Verb.APPROVE, "r1", 2)
SHOWN = Card("Post", "approved", "Your post is approved", (Text("Well done"),), (Button("Approve", DO),))
ASKED = Form("Why?", "Send", Action(Verb.REFUSE, "r1", 2), (TextField("reason", "Reason"),), cancel=DO)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """The bot as it is registered."""
    async with opened(tmp_path) as each:
        yield each


def forged(world: World) -> dict[str, str]:
    """Every token that must be refused."""
    signed, now = world.microsoft.signed, int(world.clock.now.timestamp())
    good = signed()
    head, body, signature = good.split(".")
    other = signed({"x": 1}).split(".")[1]
    public = private_key("key-1").public_key().public_numbers()
    return {
        "empty": "", "no token": "x", "three empty parts": "..", "no base64": "ä.ö.ü", "deep": "W1tb" * 1500 + ".a.b",
        "two parts": f"{head}.{body}", "cut": good[:-8], "another body": f"{head}.{other}.{signature}",
        "signed by another": signed(signer="thief"), "unknown key": signed(kid="key-9"), "no key id": signed(kid=None),
        "a path as key id": signed(kid="../key-1"),
        "no algorithm": signed(alg="none"), "a shared secret": signed(alg="HS256"),
        "the public key as a secret": jwt.encode({"exp": now + 60}, str(public.n), "HS256", headers={"kid": "key-1"}),
        "another algorithm": signed(alg="RS512"), "PSS": signed(alg="PS256"),
        "expired": signed({"exp": now - 301}), "no expiry": signed(leave_out="exp"),
        "an expiry that is none": signed({"exp": True}),
        "not valid yet": signed({"nbf": now + 301}), "another audience": signed({"aud": "another bot"}),
        "several audiences": signed({"aud": [APP, "another bot"]}), "no audience": signed(leave_out="aud"),
        "another issuer": signed({"iss": "https://login.microsoftonline.com/x"}), "no issuer": signed(leave_out="iss"),
        "no service": signed(leave_out="serviceurl"), "another service": signed({"serviceurl": "https://evil.example/"}),
        "service of another type": signed({"serviceurl": {"a": 1}}),
        "a bare slash more": signed({"serviceurl": f"{world.microsoft.service_url}/"}),
    }


async def test_every_bad_token_is_401(world: World) -> None:
    bad = forged(world)
    assert len(bad) > 20
    for name, token in bad.items():
        status, _ = await world.post(world.message(), token)
        assert status == 401, name
    assert world.desk.events == []
    assert (await world.post(world.message()))[0] == 200


@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer", "bearer ", "Bearer  ", "Bearer a b c"])
async def test_every_bad_header_is_401(world: World, header: str) -> None:
    assert (await world.post(world.message(), Authorization=header))[0] == 401


async def test_an_endorsement_for_another_channel_does_not_count(world: World) -> None:
    world.microsoft.keys["key-1"] = ["webchat"]
    assert (await world.post(world.message()))[0] == 401


async def test_another_tenant_is_401(world: World) -> None:
    other = world.message(conversation={"id": "a:okafor", "conversationType": "personal", "tenantId": "other"},
                          channelData={"tenant": {"id": "other"}})
    assert (await world.post(other))[0] == 401


async def test_a_clock_five_minutes_off_is_forgiven(world: World) -> None:
    now = int(world.clock.now.timestamp())
    late = world.microsoft.signed({"exp": now - 290, "nbf": now + 290})
    assert (await world.post(world.message(), late))[0] == 200


async def test_a_token_that_was_good_once_runs_out_and_goes_with_its_key(world: World) -> None:
    now = int(world.clock.now.timestamp())
    short, long = world.microsoft.signed({"exp": now + 60}), world.microsoft.signed({"exp": now + 1_000_000})
    assert [(await world.post(world.message(), token))[0] for token in (short, short, long)] == [200] * 3
    world.clock.now += timedelta(minutes=7)
    assert [(await world.post(world.message(), token))[0] for token in (short, long)] == [401, 200]
    world.microsoft.keys = {"key-2": ["msteams"]}
    world.clock.now += timedelta(hours=49)
    assert (await world.post(world.message(), long))[0] == 401


async def test_a_rotated_key_is_fetched_at_most_once_a_minute(world: World) -> None:
    assert (await world.post(world.message()))[0] == 200
    world.clock.now += timedelta(minutes=2)
    world.microsoft.keys["key-2"] = ["msteams"]
    assert (await world.post(world.message(), world.microsoft.signed(kid="key-2")))[0] == 200
    assert world.microsoft.calls["keys"] == 2
    for n in range(5):
        assert (await world.post(world.message(), world.microsoft.signed(kid=f"made-up-{n}", signer="thief")))[0] == 401
    assert world.microsoft.calls["keys"] == 2


async def test_old_keys_serve_while_new_ones_come(world: World) -> None:
    assert (await world.post(world.message()))[0] == 200
    world.clock.now += timedelta(hours=25)
    world.microsoft.hanging.add("/openid")
    async with asyncio.timeout(0.7):
        assert (await world.post(world.message()))[0] == 200
    world.clock.now += timedelta(hours=24)
    assert (await world.post(world.message()))[0] == 503


async def test_a_hanging_key_server_holds_nobody_up(world: World) -> None:
    world.microsoft.hanging.add("/openid")
    async with asyncio.timeout(3):
        answers = await asyncio.gather(*(world.post(world.message()) for _ in range(20)))
    assert {status for status, _ in answers} == {503}
    assert sum(path == "/openid" for _, path, _ in world.microsoft.seen) == 1


async def test_twenty_at_once_fetch_the_keys_once(world: World) -> None:
    answers = await asyncio.gather(*(world.post(world.message()) for _ in range(20)))
    assert {status for status, _ in answers} == {200}
    assert world.microsoft.calls["keys"] == 1


def malformed(world: World) -> dict[str, object]:
    """Bodies that Teams would not send."""
    good = world.message()

    def without(name: str) -> dict[str, Any]:
        return {key: value for key, value in good.items() if key != name}

    pressed = world.invoke({"do": DO.pack()})
    return {
        "nothing": b"", "no JSON": b"{", "no UTF-8": b'{"type": "\xff"}', "half a character": b'{"type": "\\ud800"}',
        "deep": b"[" * 100_000, "a list": [], "a string": "x", "null": None, "empty": {},
        **{f"no {name}": without(name) for name in
           ("type", "from", "recipient", "conversation", "channelId", "serviceUrl", "id")},
        "type of another type": {**good, "type": 7}, "text of another type": {**good, "text": {"a": 1}},
        "from a string": {**good, "from": "okafor"}, "an id with NUL": {**good, "id": "a\x00b"},
        "a long id": {**good, "id": "x" * 501}, "no tenant": {**without("channelData"), "conversation": {"id": "a:1"}},
        "two tenants": {**good, "channelData": {"tenant": {"id": "other"}}},
        "another channel": {**good, "channelId": "webchat"},
        "attachments of another type": {**good, "attachments": {"a": 1}},
        "a card action without value": {**pressed, "value": None}, "a value that is a list": {**pressed, "value": [1]},
        "no action": {**pressed, "value": {}}, "another verb": {**pressed, "value": {"action": {"verb": "x"}}},
        "no data": world.invoke(None), "data of another type": world.invoke("do"), "nothing to do": world.invoke({}),
        "a verb that is none": world.invoke({"do": "fly|r1|1|"}), "too long": world.invoke({"do": "x" * 500}),
        "odd fields": world.invoke({"do": DO.pack(), "ids": ["t:a"], "t:a": {"b": 1}}),
        "an older button made up": {**good, "value": {"do": 7}},
        "a file's answer without action": {**good, "type": "invoke", "name": "fileConsent/invoke", "value": {}},
    }


async def test_every_malformed_activity_is_400(world: World) -> None:
    bad = malformed(world)
    for name, body in bad.items():
        status, _ = await world.post(body)
        assert status == 400, name
    assert world.desk.events == []


async def test_a_body_that_is_too_large_is_413(world: World) -> None:
    assert (await world.post(b" " * 600_000))[0] == 413


async def test_activities_that_mean_nothing_here_are_taken_quietly(world: World) -> None:
    for kind in ("messageReaction", "typing", "endOfConversation", "event", "messageUpdate", "somethingNew"):
        assert (await world.post(world.message(type=kind)))[0] == 200
    assert (await world.post(world.message(type="invoke", name="composeExtension/query", value={})))[0] == 501
    assert world.desk.events == []


@pytest.mark.parametrize(
    ("text", "verb", "told"),
    [("post", Verb.COMPOSE, ""), ("POST", Verb.COMPOSE, ""), ("post Hi all", Verb.ASK, "Hi all"),
     ("mine", Verb.MINE, ""), ("menu", Verb.MENU, ""), ("Accounts", Verb.REGISTER, ""),
     ("waiting", Verb.WAITING, ""), ("help", Verb.HELP, ""), ("can I post this?", Verb.SAY, "can I post this?"),
     ("<at>Can I Post</at>&nbsp;mine", Verb.MINE, ""), ("postcards", Verb.SAY, "postcards"),
     ("a < b", Verb.SAY, "a < b")],
)
async def test_words_become_events(world: World, text: str, verb: Verb, told: str) -> None:
    mention = {"type": "mention", "text": "<at>Can I Post</at>", "mentioned": {"id": BOT}}
    assert (await world.post(world.message(text=text, entities=[mention, {"type": "clientInfo"}])))[0] == 200
    event = world.desk.events[0]
    assert (event.verb, event.text, event.at) == (verb, told, world.clock.now)
    assert event.place is not None
    person = world.chat.person("okafor")
    assert (event.place.team, event.place.user, event.place.channel) == (TENANT, person.object_id, person.chat.id)
    assert event.place.reference["service_url"] == world.microsoft.service_url


async def test_what_another_app_left_in_a_message_does_not_matter(world: World) -> None:
    odd = [None, 7, {"type": "mention"}, {"type": "mention", "text": 7}]
    data = {"x": [1], "tenant": {"id": TENANT}}
    more = world.message(value={"other": 1}, entities=odd, replyToId="", channelData=data)
    assert (await world.post(more))[0] == 200
    assert world.desk.events[0].text == "hello"


async def test_a_repeat_has_the_same_key_and_another_press_another(world: World) -> None:
    body = world.invoke({"do": DO.pack()})
    await world.post(body)
    await world.post(body)
    await world.post(world.invoke({"do": DO.pack()}))
    mine = {**body["value"]["action"], "data": {"do": Action(Verb.MINE).pack()}}
    await world.post({**body, "value": {"action": mine}})
    first, again, later, other = (event.key for event in world.desk.events)
    assert first == again
    assert len({first, later, other}) == 3
    assert all(len(event.key) <= 200 for event in world.desk.events)


async def test_a_group_gets_one_sentence_and_nothing_else(world: World) -> None:
    group = {"id": "a:okafor", "conversationType": "groupChat", "tenantId": TENANT}
    await world.post(world.message(conversation=group))
    await world.post(world.message(conversation=group, type="conversationUpdate", membersAdded=[{"id": "29:x"}]))
    _, body = await world.post(world.invoke({"do": DO.pack()}, conversation=group))
    assert body["value"] == teams_words.ONLY_PRIVATE
    screen = await world.chat.screen("okafor")
    assert [each.text for each in screen.messages] == [teams_words.ONLY_PRIVATE]
    assert world.desk.events == []


async def test_joining_says_hello_once_a_day_however_often_teams_tells(world: World) -> None:
    await world.chat.join("okafor")
    keys = {event.key for event in world.desk.events}
    assert {event.verb for event in world.desk.events} == {Verb.HELLO}
    assert len(keys) == 1
    assert {event.place and event.place.user for event in world.desk.events} == {world.chat.person("okafor").object_id}


@pytest.mark.parametrize(
    ("answer", "seen"),
    [(Show(SHOWN), "Post · approved\nWell done"), (Home(SHOWN), "Post · approved\nWell done"),
     (Note("No."), "No."), (Open(ASKED), "Why?\nReason"), (Replace(SHOWN), "Post · approved\nWell done")],
)
async def test_a_message_is_answered_in_the_same_turn(world: World, answer: Answer, seen: str) -> None:
    world.desk.answer = answer
    await world.chat.say("okafor", "hello")
    assert (await world.chat.screen("okafor")).last.text == seen


@pytest.mark.parametrize("answer", [Silence(), Coming("On its way")])
async def test_what_comes_by_delivery_is_not_said_twice(world: World, answer: Answer) -> None:
    world.desk.answer = answer
    await world.chat.say("okafor", "hello")
    assert (await world.chat.screen("okafor")).messages == []


async def shown(world: World) -> None:
    """A card lies in the chat."""
    world.desk.answer = Show(SHOWN)
    await world.chat.say("okafor", "hello")


async def test_a_press_is_answered_in_the_cards_own_place(world: World) -> None:
    await shown(world)
    world.desk.answer = Replace(replace(SHOWN, state="live"), "Somebody was faster.")
    await world.chat.press("okafor", "Approve")
    screen = await world.chat.screen("okafor")
    assert [each.text for each in screen.messages] == ["Somebody was faster.\nPost · live\nWell done"]
    event = world.desk.events[-1]
    assert (event.verb, event.subject, event.version) == (Verb.APPROVE, "r1", 2)
    assert event.place is not None
    assert event.place.message == next(reversed(world.chat.person("okafor").chat.messages))


@pytest.mark.parametrize(
    ("answer", "note"),
    [(Note("Only Mrs Patel can."), "Only Mrs Patel can."), (Coming("Sent."), "Sent."), (Silence(), teams_words.ALREADY),
     (Show(SHOWN), teams_words.BELOW)],
)
async def test_a_press_is_answered_under_the_card(world: World, answer: Answer, note: str) -> None:
    await shown(world)
    world.desk.answer = answer
    await world.chat.press("okafor", "Approve")
    screen = await world.chat.screen("okafor")
    assert screen.notes == [note]
    assert len(screen.messages) == (2 if isinstance(answer, Show) else 1)


async def test_a_form_takes_the_cards_place_keeps_what_was_typed_and_goes_when_done(world: World) -> None:
    await shown(world)
    world.desk.answer = Open(ASKED)
    await world.chat.press("okafor", "Approve")
    world.desk.answer = Open(replace(
        ASKED, fields=(TextField("reason", "Reason", "because"),), errors={"reason": "Say more."}))
    await world.chat.fill("okafor", reason="because")
    assert world.desk.events[-1].fields == {"reason": "because"}
    form = (await world.chat.screen("okafor")).form
    assert form is not None
    assert (form.values, form.errors) == ({"reason": "because"}, {"reason": "Say more."})
    world.desk.answer = Coming("Declined. Ms Okafor hears it now.")
    await world.chat.fill("okafor", reason="because of the faces")
    screen = await world.chat.screen("okafor")
    assert screen.form is None
    assert screen.last.text == "Declined. Ms Okafor hears it now."


async def test_cancel_goes_back(world: World) -> None:
    world.desk.answer = Open(ASKED)
    await world.chat.say("okafor", "post")
    world.desk.answer = Replace(SHOWN)
    await world.chat.press("okafor", "Cancel")
    assert (await world.chat.screen("okafor")).form is None


async def test_a_button_of_an_older_teams_works(world: World) -> None:
    await shown(world)
    name = next(reversed(world.chat.person("okafor").chat.messages))
    world.desk.answer = Replace(replace(SHOWN, state="live"), "Done.")
    assert (await world.post(world.message(text=None, value={"do": DO.pack()}, replyToId=name)))[0] == 200
    screen = await world.chat.screen("okafor")
    assert [each.text for each in screen.messages] == ["Post · live\nWell done", "Done."]


async def test_a_broken_flow_is_said_with_a_code_and_is_no_error_for_teams(world: World) -> None:
    await shown(world)
    world.desk.answer = RuntimeError("boom")
    await world.chat.press("okafor", "Approve")
    await world.chat.say("okafor", "hello")
    screen = await world.chat.screen("okafor")
    assert "nothing was changed" in screen.notes[0]
    assert "nothing was changed" in screen.last.text
    assert set(world.chat.statuses) == {200}


async def test_where_not_even_that_can_be_said_teams_is_told(world: World) -> None:
    """Nothing was stored: a 200 would be the end of what somebody wrote."""
    world.desk.answer = RuntimeError("boom")
    world.chat.microsoft.fail(503, "/v3/", times=9)
    with pytest.raises(AssertionError):
        await world.chat.say("okafor", "hello")
    assert world.chat.statuses == [500]


async def test_replies_can_be_asked_for_in_the_answer(world: World) -> None:
    world.desk.answer = Note("Hello.")
    status, body = await world.post(world.message(deliveryMode="expectReplies"))
    assert (status, [each["text"] for each in body["activities"]]) == (200, ["Hello."])


@pytest.mark.parametrize(
    ("member", "email"),
    [({}, "okafor@oakfield.example"), ({"email": None}, "okafor@oakfield.example"),
     ({"email": "o@other.example"}, "o@other.example"), ({"userRole": "guest"}, "-"),
     ({"userPrincipalName": "o_gmail.com#EXT#@oakfield.example"}, "-"), ({"tenantId": "other"}, "-"),
     ({"email": None, "userPrincipalName": None}, "-")],
)
async def test_the_tenant_vouches_for_an_address(world: World, member: dict[str, Any], email: str) -> None:
    world.desk.answer = Unknown()
    world.microsoft.members["29:okafor"] |= member
    await world.post(world.message())
    assert [event.email for event in world.desk.events] == ["", email]


async def test_whom_teams_does_not_know_nobody_vouches_for(world: World) -> None:
    world.desk.answer = Unknown()
    del world.microsoft.members["29:okafor"]
    await world.post(world.message())
    assert [event.email for event in world.desk.events] == ["", "-"]


async def test_an_address_that_cannot_be_had_is_no_refusal(world: World) -> None:
    world.desk.answer = Unknown()
    world.microsoft.fail(500, "members")
    await world.chat.say("okafor", "hello")
    assert "nothing was changed" in (await world.chat.screen("okafor")).last.text


async def test_without_an_app_id_only_this_machine_is_served(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="loopback"):
        async with opened(tmp_path, app_id=""):
            pass
    async with opened(tmp_path, loopback=True, app_id="") as world:
        assert (await world.post(world.message(), ""))[0] == 200
        assert (await world.post(world.message(), "", **{"X-Forwarded-For": "203.0.113.9"}))[0] == 401
        assert (await world.post(world.message(), "", Origin="https://evil.example"))[0] == 401
        assert (await world.post(world.message(serviceUrl="https://evil.example/"), ""))[0] == 401


async def test_a_card_from_the_desk_arrives_as_teams_asks(world: World) -> None:
    world.desk.answer = Replace(SHOWN)
    status, body = await world.post(world.invoke({"do": DO.pack()}))
    assert (status, body["statusCode"], body["type"]) == (200, 200, CARD)
    assert texts(body["value"]) == ["Post · approved", "Well done"]
