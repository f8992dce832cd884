"""The command line's parts; `bot.commands.every` puts them together."""
