#!/bin/sh
# Runs a command on a simulated Mac, or a shell. The first argument is the folder
# with the Mac's tools, the rest the command.
#
# Where Linux lets it, the command sees the Mac's tools at their own paths:
# /usr/bin and its like are laid over, for this command alone. Elsewhere the
# tools are shell functions of those names, which only bash and zsh can see: bash
# finds them by BASH_ENV, zsh by the .zshenv in ZDOTDIR.
set -eu
over=$1
shift
[ $# -gt 0 ] || set -- "${BASH:-/bin/bash}" --noprofile --norc -i

PATH=$over/usr/local/bin:$over/usr/bin:$over/bin:$over/usr/sbin:$over/sbin:$PATH
PS1="mac:\\w \\\$ "
export PATH PS1
unset BASH_ENV ENV

# The program that the command's first line asks for, and its options. The
# system says of one that is missing only that the script is "not found".
interpreter=
options=
file=$(command -v "$1") || file=
if [ -f "$file" ] && [ -r "$file" ] && [ "$(head -c 2 "$file" | tr -d '\0')" = '#!' ]; then
	IFS=' 	' read -r interpreter options <<-END
		$(head -n 1 "$file" | cut -c 3-)
	END
	case $interpreter$options in
	*"$(printf '\r')")
		echo "macsim: the lines of $1 end as on Windows: a Mac says \"bad interpreter\"" >&2
		exit 126
		;;
	esac
	wanted=$interpreter
	if [ "$interpreter" = /usr/bin/env ]; then
		case $options in
		-* | *=*) wanted= ;; # env's own matter
		*)
			wanted=${options%% *}
			interpreter=$wanted
			options=
			;;
		esac
	fi
	if [ -n "$wanted" ] && ! command -v "$wanted" >/dev/null && [ ! -x "$over$wanted" ]; then
		echo "macsim: $1 wants $wanted, which this machine does not have" >&2
		case ${wanted##*/} in
		zsh | ksh | tcsh | csh) echo "macsim: most Linux systems have it in a package, such as: apt install ${wanted##*/}" >&2 ;;
		bash | sh) echo "macsim: it may lie elsewhere here: try \"macsim shell DIR ${wanted##*/} $1\"" >&2 ;;
		*) echo "macsim: install it, or change the first line of the script" >&2 ;;
		esac
		exit 127
	fi
fi

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
echo "macsim: no mount namespace here: only scripts for bash, sh and zsh see the tools at their full paths" >&2
BASH_ENV=$over/functions.sh
MACSIM_OVER=$over
ZDOTDIR=$over
export BASH_ENV MACSIM_OVER ZDOTDIR
if [ ! -e "$over/.zshenv" ]; then
	# Written aside, so that a shell that starts meanwhile reads all of it or none.
	echo '. "$MACSIM_OVER/functions.sh"' >"$over/.zshenv.$$"
	mv "$over/.zshenv.$$" "$over/.zshenv"
fi
case ${interpreter##*/} in
sh | bash | dash | ksh) set -- bash $options "$@" ;;
zsh) # -f and --no-rcs would leave .zshenv out
	case $options in
	-f | --no-rcs | -d | --no-globalrcs) options= ;;
	esac
	set -- "$interpreter" $options "$@"
	;;
?*) # a tool of the Mac, such as osascript
	[ ! -x "$over$interpreter" ] || set -- "$over$interpreter" $options "$@"
	;;
esac
exec "$@"
