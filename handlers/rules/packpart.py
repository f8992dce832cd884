"""What every part of a pack is made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, Strict

Name = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
Words = Annotated[str, Field(min_length=1, max_length=400)]
Label = Annotated[str, Field(min_length=1, max_length=75)]
Flag = Annotated[bool, Strict()]
Count = Annotated[int, Strict(), Field(ge=1, le=1000)]


class Part(BaseModel):
    """A part of a pack: nothing unknown in it, and never altered."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
