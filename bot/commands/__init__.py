"""The command line's parts; `bot.__main__` puts them together."""
