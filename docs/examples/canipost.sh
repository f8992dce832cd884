#!/bin/sh
# /usr/local/bin/canipost: a command with the bot's own settings, as its own user: sudo -u canipost canipost check
set -eu
umask 077
set -a
. /etc/canipost.env
set +a
exec /opt/canipost/venv/bin/canipost "$@"
