"""What Slack and Teams install: templates, whose {words} `bot.manifests` fills in, and the icons."""
