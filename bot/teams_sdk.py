"""The Bot Framework SDK's own extension point, its adapter, over our connector; and its activity, in and out."""

from collections.abc import Awaitable, Callable
from typing import Any

from botbuilder.core import BotAdapter, TurnContext
from botbuilder.schema import (
    Activity,
    Attachment,
    ChannelAccount,
    ConversationAccount,
    ConversationReference,
    InvokeResponse,
    ResourceResponse,
)

from bot.connector import Connector, Spot
from bot.teams_activity import Wire

INVOKED = BotAdapter._INVOKE_RESPONSE_KEY  # noqa: SLF001 - where the SDK itself looks for it
WIRE = "canipost.wire"


class TeamsAdapter(BotAdapter):  # type: ignore[misc]
    """The SDK's adapter over our connector: one session, one token, no threads."""

    def __init__(self, connector: Connector) -> None:
        super().__init__()
        self._connector = connector

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        """Put messages into the turn's conversation."""
        spot = _spot(context.activity)
        return [ResourceResponse(id=await self._connector.send(spot, outgoing(each))) for each in activities]

    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        """Show something else in a message's place."""
        await self._connector.update(_spot(context.activity), activity.id, outgoing(activity))

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        """Take a message away."""
        await self._connector.delete(_spot(context.activity), reference.activity_id)

    async def turn(self, wire: Wire, logic: Callable[[TurnContext], Awaitable[None]]) -> tuple[int, object]:
        """One turn of the SDK's pipeline: the HTTP answer's status and, where there is one, its body."""
        context = TurnContext(self, incoming(wire))
        context.turn_state[WIRE] = wire
        await self.run_pipeline(context, logic)
        invoked: InvokeResponse | None = context.turn_state.get(INVOKED)
        if invoked is not None:
            return invoked.status, invoked.body
        if wire.delivery_mode == "expectReplies":
            return 200, {"activities": [outgoing(each) for each in context.buffered_reply_activities]}
        return 200, None


def incoming(wire: Wire) -> Activity:
    """The SDK's activity, built by hand: its own deserializer takes longer than all the rest of a turn."""
    return Activity(
        type=wire.type, id=wire.id, name=wire.name, action=wire.action, text=wire.text, value=wire.value,
        channel_id=wire.channel, service_url=wire.service_url, reply_to_id=wire.reply_to,
        delivery_mode=wire.delivery_mode,
        from_property=ChannelAccount(id=wire.sender.id, aad_object_id=wire.sender.object_id),
        recipient=ChannelAccount(id=wire.bot.id), conversation=ConversationAccount(id=wire.conversation.id),
        members_added=[ChannelAccount(id=each.id) for each in wire.members_added or ()],
    )


def outgoing(activity: Activity) -> dict[str, Any]:
    """An activity of ours as plain JSON: the SDK's serializer costs three times the call."""
    message: dict[str, Any] = {"type": activity.type}
    if activity.text:
        message |= {"text": activity.text, "textFormat": activity.text_format}
    if activity.summary:
        message["summary"] = activity.summary
    if activity.attachments:
        message["attachments"] = [_attachment(each) for each in activity.attachments]
    return message


def _attachment(each: Attachment) -> dict[str, Any]:
    parts = {
        "contentType": each.content_type, "content": each.content, "contentUrl": each.content_url, "name": each.name,
    }
    return {name: value for name, value in parts.items() if value is not None}


def _spot(activity: Activity) -> Spot:
    return Spot(activity.service_url, activity.conversation.id)
