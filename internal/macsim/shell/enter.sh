#!/bin/sh
# Runs a command on a simulated Mac, or a shell. The first argument is the folder
# with the Mac's tools, the rest the command.
#
# Where Linux lets it, the command sees the Mac's tools at their own paths:
# /usr/bin and its like are laid over, for this command alone. Elsewhere the
# tools are shell functions of those names, which only bash and zsh can see.
set -eu
over=$1
shift
[ $# -gt 0 ] || set -- "${BASH:-/bin/bash}" --noprofile --norc -i

PATH=$over/usr/local/bin:$over/usr/bin:$over/bin:$over/usr/sbin:$over/sbin:$PATH
PS1="mac:\\w \\\$ "
export PATH PS1
unset BASH_ENV ENV

lay='
over=$1
shift
for dir in /usr/bin /usr/sbin /usr/libexec /usr/local/bin /bin /sbin; do
	[ -d "$dir" ] && [ ! -L "$dir" ] || continue
	mount -t overlay macsim -o "lowerdir=$over$dir:$dir" "$dir" || exit 77
done
exec "$@"
'
if unshare --user --map-root-user --mount sh -c "$lay" sh "$over" true 2>/dev/null; then
	exec unshare --user --map-root-user --mount sh -c "$lay" sh "$over" "$@"
fi
echo "macsim: no mount namespace here: only bash and zsh scripts see the tools at their full paths" >&2
BASH_ENV=$over/functions.sh
MACSIM_OVER=$over
export BASH_ENV MACSIM_OVER
case $1 in
*.sh | */*) [ -r "$1" ] && head -c 64 "$1" | head -n 1 | grep -q '^#!.*sh' && set -- bash "$@" ;;
esac
exec "$@"
