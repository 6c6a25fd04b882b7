#!/bin/sh
# capture.sh [--deep] [FILE]: records what this Mac answers about Secure Tokens,
# the Bootstrap Token, volume ownership and FileVault, for tokenward diagnose on
# another machine. It needs nothing but what every Mac has, changes nothing, asks
# nothing of the network, and takes secrets out before it packs.
#
# The command lines are those of tokenward itself; a test compares them.
set -u
umask 077
PATH=/usr/bin:/bin:/usr/sbin:/sbin
LC_ALL=C
LANG=C
COPYFILE_DISABLE=1 # no files of macOS's own in the archive
export PATH LC_ALL LANG COPYFILE_DISABLE

version=1
most_accounts=8
most_output=8388608 # bytes of one stream

usage() {
	cat <<'END'
Usage: capture.sh [--deep] [FILE]

Asks this Mac's own tools, takes recovery keys, password hashes, tickets and
tokens out of the answers, and packs them into FILE, which must not be there yet
(tokenward-SERIAL-DATE.tar.gz in this folder unless another is named). The names
of accounts and people, the serial number and the server's address are in it.

Run it as root (sudo): several tools answer nobody else. Look at the file with
"tar -xzf FILE", judge it with "tokenward diagnose FILE".

  --deep             also ask mdmclient, for which the Mac fetches its Bootstrap
                     Token from the server (about 11 s)
  --files-under DIR  look for the few files of interest below DIR instead of /;
                     for simulated Macs
  --help             this text
END
}

fail() {
	echo "capture.sh: $*" >&2
	exit 1
}

deep=
below=
file=
while [ $# -gt 0 ]; do
	case $1 in
	--deep) deep=yes ;;
	--files-under)
		[ $# -gt 1 ] || { usage >&2; exit 2; }
		below=${2%/}
		shift
		;;
	--help | -h) usage; exit 0 ;;
	-*) usage >&2; exit 2 ;;
	*)
		[ -z "$file" ] || { usage >&2; exit 2; }
		file=$1
		;;
	esac
	shift
done
[ -z "$file" ] || [ ! -e "$file" ] || fail "$file is there already, and is not overwritten"

work=$(mktemp -d "${TMPDIR:-/tmp}/tokenward-capture.XXXXXX") || fail "no temporary folder"
tool=
nap=
leave() {
	[ -z "$nap" ] || kill -KILL "$nap" 2>/dev/null
	[ -z "$tool" ] || stop_tool
	rm -rf "$work"
}

# stop_tool kills the tool that runs with everything that it started: its group,
# where it has one of its own, and its descendants, some of which may have left it.
stop_tool() {
	family=$(descendants "$tool")
	group=$(cat "$work/pid" 2>/dev/null)
	[ -z "$group" ] || kill -KILL "-$group" 2>/dev/null
	for process in $family; do kill -KILL "$process" 2>/dev/null; done
	{ wait "$tool"; } 2>/dev/null # for the shell around it, which has been killed too
}

# descendants PID: that process and all below it.
descendants() {
	ps -A -o pid= -o ppid= | awk -v root="$1" '
		{ parent[$1] = $2 }
		END {
			for (pid in parent) {
				at = pid
				while (at != root && at + 0 > 1 && at in parent) at = parent[at]
				if (at == root) print pid
			}
		}'
}
trap leave EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
kept=$work/tokenward-recording
mkdir "$kept" || fail "no temporary folder"

[ "$(id -u)" = 0 ] || echo "capture.sh: not run as root: who unlocks FileVault, the Bootstrap Token and the password dates will be missing" >&2

# The secrets of every tool, as far as awk can find them: what is a secret by its
# looks or by its key. tokenward knows more, and writes property lists anew. The awk
# of macOS before 14 knows no intervals such as {4}, so that patterns are spelled
# out. In a list no pattern goes beyond a "<": the names of people are in there, who
# may be called like a secret, and a tag that is lost costs the whole list.
cat >"$work/redact.awk" <<'END'
function repeat(s, n, all) {
	while (n-- > 0) all = all s
	return all
}
BEGIN {
	list = form == "list"
	four = repeat("[0-9A-Za-z]", 4)
	key = four repeat("-" four, 5) "(-" four ")*"
	blob = repeat("[A-Za-z0-9+/=_-]", 65) "[A-Za-z0-9+/=_-]*"
	begins = "-----BEGIN [^<-]*-----"
	ends = "-----END [^<-]*-----"
	tagged = ";(Kerberosv5|Kerberosv5Cert|ShadowHash|LocalCachedUser|NetLogon|PubkeyHash|tokenidentity|basic|LocalWindowsHash|SecureHash);" (list ? "[^ \t\r<]*" : "[^ \t\r]*")
	onward = list ? "[^<]*" : ".*"
	authority = "dsAttrTypeStandard:AuthenticationAuthority"
	policy = "dsAttrTypeNative:accountPolicyData"
}
# A recovery key, or the key sealed for the server: to the first line that ends an
# assignment. That there was one remains.
dropping { if ($0 ~ /;[ \t\r]*$/) dropping = 0; next }
form == "described" && match($0, /FDE_PersonalRecoveryKey[A-Za-z0-9_]*"?/) {
	print scrubbed(substr($0, 1, RSTART + RLENGTH - 1)) " = \"dropped\";"
	if ($0 !~ /;[ \t\r]*$/) dropping = 1
	next
}
object || (form == "objects" && /^[ \t]*\{/) { emptied($0); next }
{
	within = inside
	line = outsideBlocks($0)
	if (within && line == "") next
	line = list ? listed(line) : scrubbed(line)
	if (attribute == "") print line
	else printf "%s", line
}
END {
	if (attribute != "") print "\nREDACTED: a property list that is cut off"
	if (object) print "REDACTED"
}

# outsideBlocks leaves out certificates and keys: to the line that ends one, however
# many lines later, or to the end of the output.
function outsideBlocks(s, out) {
	if (inside && form == "dictionary" && s ~ /^[ \t]*([^ \t]+ : |\}[ \t\r]*$)/) inside = 0 # the value was a name
	while (1) {
		if (inside) {
			if (match(s, list ? ends "|<" : ends) == 0) return out
			s = substr(s, substr(s, RSTART, 1) == "<" ? RSTART : RSTART + RLENGTH)
			inside = 0
		}
		if (!match(s, begins)) return out s
		out = out substr(s, 1, RSTART - 1) "REDACTED"
		s = substr(s, RSTART + RLENGTH)
		inside = 1
	}
}

# emptied replaces an object in JSON, which begins with its line. That something was
# in it remains.
function emptied(s) {
	if (index(s, "\"")) filled = 1
	gsub(/"([^"\\]|\\.)*"/, "", s)
	object += gsub(/\{/, "", s) - gsub(/\}/, "", s)
	if (object > 0) return
	print filled ? "{ \"REDACTED\" : \"REDACTED\" }" : "{ }"
	object = filled = 0
}

# listed passes a line of a property list on, but for values that are secret by
# their key. Such a value is held back until it is complete: $0 may end within it.
function listed(s, out, at) {
	while (1) {
		if (attribute != "") {
			s = behindValue(s)
			if (attribute != "") return out
			out = out "\n" instead
		}
		at = behindSecretKey(s)
		if (!at) return out scrubbed(s)
		out = out scrubbed(substr(s, 1, at))
		s = substr(s, at + 1)
	}
}

# behindSecretKey finds the first key whose value is not passed on as it is, notes
# it as the attribute, and returns where it ends.
function behindSecretKey(s, from, name) {
	while (match(substr(s, from + 1), /<key>[^<]*<\/key>/)) {
		name = substr(s, from + RSTART + 5, RLENGTH - 11)
		from += RSTART + RLENGTH - 1
		if (name == authority || name == policy || tolower(name) ~ /hint|passphrase|password$/) {
			attribute = name
			return from
		}
	}
	return 0
}

# behindValue takes the value of the attribute from s, or as much of it as is there.
# Where it is complete, what stands in its place is in instead. A key, or the end of
# the dictionary, shows that the value is missing.
function behindValue(s, tag, at) {
	while (match(s, /<[^>]*>/)) {
		tag = substr(s, RSTART, RLENGTH)
		at = RSTART + RLENGTH
		if (!depth && tag ~ /^<(\/|key>)/) {
			complete()
			return substr(s, at - length(tag))
		}
		hold(substr(s, 1, at - 1))
		s = substr(s, at)
		if (tag ~ /^<[!?]/) continue
		if (tag ~ /^<\//) depth--
		else if (tag !~ /\/>$/) depth++
		if (!depth) {
			complete()
			return s
		}
	}
	hold(s "\n")
	return ""
}

# hold keeps a part of a value; not without end, for every part costs a copy.
function hold(s) {
	if (length(buffer) < 1000000) buffer = buffer s
}

function complete() {
	instead = attribute == authority || attribute == policy ? rewritten(buffer) : "<string>REDACTED</string>"
	attribute = buffer = ""
	depth = 0
}

# scrubbed takes out of a line, or a part of one, what is secret by its looks.
function scrubbed(s, all, rest) {
	gsub(key, "REDACTED", s)
	gsub("[Aa][Uu][Tt][Hh][Oo][Rr][Ii][Zz][Aa][Tt][Ii][Oo][Nn]:" onward, "Authorization: REDACTED", s)
	gsub(/[Bb][Ee][Aa][Rr][Ee][Rr][ \t]+[A-Za-z0-9._~+\/=-]+/, "Bearer REDACTED", s)
	gsub(/eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/, "REDACTED", s)
	s = onlyTags(notSpelledOut(s))
	gsub(/LKDC:SHA1\.[0-9A-Fa-f]+/, "REDACTED", s)
	gsub(/\{length = [0-9]+, bytes = 0x[^}<]*\}/, "\"REDACTED\"", s)
	if (form == "described") gsub(/<[0-9a-f][0-9a-f][0-9a-f ]*>/, "\"REDACTED\"", s)
	rest = s
	while (match(rest, /[A-Za-z][A-Za-z0-9+.-]*:\/\/[^ \t"\047<>]+/)) {
		s = substr(rest, 1, RSTART - 1)
		gsub(blob, "REDACTED", s)
		all = all s address(substr(rest, RSTART, RLENGTH))
		rest = substr(rest, RSTART + RLENGTH)
	}
	gsub(blob, "REDACTED", rest)
	return all rest
}

# notSpelledOut takes out what stands behind "Password:" or "hint =", to the end of
# the line; a semicolon that ends it stays.
function notSpelledOut(s, out, secret, at) {
	while (match(tolower(s), /(password|passphrase|hint)("|&quot;)?[ \t]*[:=][ \t]*[^ \t\r<]/)) {
		out = out substr(s, 1, RSTART + RLENGTH - 2)
		sub(/[ \t]+$/, "", out)
		secret = substr(s, RSTART + RLENGTH - 1)
		at = list ? index(secret, "<") : 0
		s = at ? substr(secret, at) : ""
		if (at) secret = substr(secret, 1, at - 1)
		out = out " REDACTED" (secret ~ /;[ \t\r]*$/ ? ";" : "")
	}
	return out s
}

# onlyTags takes out of an AuthenticationAuthority in a text what belongs to its tag.
function onlyTags(s, out, part) {
	while (match(s, tagged)) {
		split(substr(s, RSTART, RLENGTH), part, ";")
		out = out substr(s, 1, RSTART - 1) ";" part[2] ";"
		s = substr(s, RSTART + RLENGTH)
	}
	return out s
}

# address keeps scheme, host, port and path.
function address(s, scheme, host, path, at) {
	sub(/[?#].*$/, "", s)
	at = index(s, "://")
	scheme = substr(s, 1, at + 2)
	host = substr(s, at + 3)
	path = ""
	if (at = index(host, "/")) {
		path = substr(host, at + 1)
		host = substr(host, 1, at - 1)
		gsub(repeat("[A-Za-z0-9+=_-]", 65) "[A-Za-z0-9+=_-]*", "REDACTED", path)
		path = "/" path
	}
	sub(/^.*@/, "", host)
	if (host !~ /^(\[[0-9A-Fa-f:.%]+\]|[^]@:\[]+)(:[0-9]*)?$/) return "REDACTED"
	return scheme host path
}

# rewritten returns an attribute of the directory with what is read of its values.
function rewritten(values, value, out, at) {
	out = "<array>"
	while (at = index(values, "<string>")) {
		values = substr(values, at + 8)
		at = index(values, "</string>")
		if (!at) break
		value = substr(values, 1, at - 1)
		values = substr(values, at + 9)
		out = out "\n<string>" (attribute == authority ? tagOf(value) : datesOf(value)) "</string>"
	}
	return out "\n</array>"
}

# tagOf keeps the kind of an AuthenticationAuthority. Of the tags that are switched
# off only the one about Secure Tokens is read.
function tagOf(v, part, n, tags, i) {
	n = split(v, part, ";")
	if (n < 2 || part[1] != "") return "REDACTED"
	if (part[2] == "DisabledTags") {
		for (i = 3; i <= n; i++) tags = tags "," part[i]
		return index(tags ",", ",SecureToken,") ? ";DisabledTags;SecureToken" : ";DisabledTags;"
	}
	if (part[2] ~ /^(SecureToken|LocalCachedUser|DisabledUser|ShadowHash|Kerberosv5|Kerberosv5Cert|NetLogon|PubkeyHash|tokenidentity|basic|LocalWindowsHash|SecureHash)$/)
		return ";" part[2] ";"
	return ";REDACTED;"
}

# datesOf keeps four numbers of an accountPolicyData, a property list within the
# property list. The rest may be a history of passwords.
function datesOf(v, out, i, name, names, at, rest) {
	if (!index(v, "&lt;/plist&gt;")) return "REDACTED"
	split("creationTime failedLoginCount failedLoginTimestamp passwordLastSetTime", names, " ")
	for (i = 1; i <= 4; i++) {
		name = "&lt;key&gt;" names[i] "&lt;/key&gt;"
		if (!(at = index(v, name))) continue
		rest = substr(v, at + length(name))
		sub(/^[ \t\r\n]+/, "", rest)
		if (!match(rest, /^&lt;(real|integer)&gt;[-+0-9.eE]+&lt;\/(real|integer)&gt;/)) return "REDACTED"
		out = out name substr(rest, 1, RLENGTH)
	}
	return "&lt;?xml version=\"1.0\" encoding=\"UTF-8\"?&gt;&lt;plist version=\"1.0\"&gt;&lt;dict&gt;" out "&lt;/dict&gt;&lt;/plist&gt;"
}
END

# json STRING: the string in quotes. What is no text in UTF-8 is no name either.
json() {
	printf '%s' "$1" | awk '
		BEGIN {
			for (i = 1; i < 32; i++) escape[sprintf("%c", i)] = sprintf("\\u%04x", i)
			escape["\\"] = "\\\\"
			escape["\""] = "\\\""
		}
		{
			out = ""
			for (i = 1; i <= length($0); i++) { c = substr($0, i, 1); out = out (c in escape ? escape[c] : c) }
			printf "%s%s", (NR > 1 ? "\\n" : "\""), out
		}
		END { printf "%s", (NR ? "\"" : "\"\"") }'
}

# is_text FILE: whether there is something in it that awk can read. tokenward reads
# no output with a NUL byte, so that such an output must not be mended here.
is_text() {
	[ "$(tr -cd '\000' <"$1" | wc -c)" -eq 0 ] || return 1
	case $(dd if="$1" bs=6 count=1 2>/dev/null) in bplist*) return 1 ;; esac
}

# redact FILE: takes the secrets out of one output of the tool that answers in $form.
redact() {
	if is_text "$1"; then
		awk -v form="$form" -f "$work/redact.awk" <"$1"
	else
		echo "REDACTED: an output that is no text"
	fi
}

# form_of COMMAND...: sets $form to what the tool prints.
form_of() {
	case $* in
	*sysadminctl*) form=text ;; # whatever the account is called
	*-plist* | *pwpolicy*) form=list ;;
	*mdmclient* | *showdeferralinfo) form=described ;;
	*app-sso*) form=objects ;;
	*scutil*) form=dictionary ;;
	*) form=text ;;
	esac
}

# keep STREAM: puts an output into the recording, and sets $name to its name in it
# and $cut where it was too long.
keep() {
	name=
	raw=$work/$1
	if [ -s "$raw" ]; then
		name=$(printf '%03d.%s' "$number" "$1")
		if [ "$(wc -c <"$raw")" -gt "$most_output" ]; then
			cut=true
			dd if="$raw" of="$raw.cut" bs="$most_output" count=1 2>/dev/null
			mv "$raw.cut" "$raw"
		fi
		redact "$raw" >"$kept/$name"
	fi
	rm -f "$raw"
}

# ask LIMIT COMMAND...: runs one tool to its end, or for LIMIT seconds, and notes
# how it ended. What it is to read stands in $input.
input=
number=0
separator=
commands=$work/commands
: >"$commands"
ask() {
	limit=$1
	shift
	number=$((number + 1))
	printf '%s' "$input" >"$work/stdin"
	rm -f "$work/code" "$work/late" "$work/pid"
	began=$(date +%s)
	sleep "$limit" &
	nap=$!
	# The tool wakes us when it has ended. KILL, because a shell can lose other
	# signals between its fork and what it starts.
	(
		grouped "$@"
		echo $! >"$work/pid"
		wait $!
		echo $? >"$work/code"
		[ -e "$work/late" ] || kill -KILL "$nap"
	) 2>/dev/null &
	tool=$!
	{ wait "$nap"; } 2>/dev/null
	nap=
	if [ -e "$work/code" ]; then
		{ wait "$tool"; } 2>/dev/null
	else
		: >"$work/late"
		stop_tool
	fi
	tool=
	note "$@"
}

# grouped COMMAND...: starts it in the background, in a group of its own if the shell
# is bash, as on macOS. Other shells want a terminal for that, and take hold of it.
grouped() {
	[ -z "${BASH_VERSION-}" ] || set -m
	"$@" <"$work/stdin" >"$work/stdout" 2>"$work/stderr" &
	[ -z "${BASH_VERSION-}" ] || set +m
}

# note COMMAND...: writes what came of the command that just ended.
note() {
	state=ran
	code=$(cat "$work/code" 2>/dev/null)
	exit_status=$code
	if [ -e "$work/late" ]; then
		state=timeout
	elif [ "$code" = 127 ]; then
		state=missing
	elif [ "$code" = 126 ]; then
		state=denied
	fi
	if [ "$state" != ran ]; then
		exit_status=null
		[ "$state" = timeout ] || : >"$work/stderr" # the shell's own words
	fi
	form_of "$@"
	cut=false
	keep stdout
	out=$name
	keep stderr
	{
		printf '%s    {"argv": [' "$separator"
		comma=
		for word; do
			printf '%s' "$comma"
			json "$word"
			comma=', '
		done
		printf '], "stdin": '
		json "$input"
		printf ', "exit": %s, "stdout": "%s", "stderr": "%s", "took_ms": %d, "state": "%s", "truncated": %s}' \
			"$exit_status" "$out" "$name" "$((($(date +%s) - began) * 1000))" "$state" "$cut"
	} >>"$commands"
	separator=',
'
}

taken=$(date -u +%Y-%m-%dT%H:%M:%SZ)
ask 10 /usr/bin/sw_vers
ask 10 /usr/sbin/ioreg -rd1 -c IOPlatformExpertDevice
serial=$(sed -n 's/^.*"IOPlatformSerialNumber" = "\([A-Za-z0-9]*\)".*$/\1/p' "$kept/$out" 2>/dev/null | head -n 1)
ask 10 /usr/bin/uname -m
machine=$(cat "$kept/$out" 2>/dev/null)
ask 10 /usr/sbin/sysctl kern.boottime kern.hv_vmm_present hw.optional.arm64
grep -q '^hw.optional.arm64: 1' "$kept/$out" 2>/dev/null && machine=arm64 # of a translated shell too
ask 10 /usr/bin/csrutil status
ask 30 /usr/sbin/diskutil info -plist /
case $machine in
arm64) ask 20 /usr/bin/bputil -e ;;
*) ask 20 /usr/sbin/firmwarepasswd -check ;;
esac
input='show State:/Users/ConsoleUser
'
ask 10 /usr/sbin/scutil
input=
console=$(sed -n 's/^[ 	]*Name : //p' "$kept/$out" 2>/dev/null | head -n 1)
ask 20 /usr/bin/profiles status -type enrollment
ask 20 /usr/bin/profiles status -type bootstraptoken
ask 30 /usr/sbin/diskutil apfs listcryptousers -plist /
ask 20 /usr/bin/fdesetup status
ask 20 /usr/bin/fdesetup list
ask 20 /usr/bin/dscl -plist . -readall /Users UniqueID GeneratedUID RealName RecordName AuthenticationAuthority NFSHomeDirectory UserShell IsHidden OriginalNodeName
accounts=$kept/$out
ask 20 /usr/bin/dscl -plist . -read /Groups/admin GroupMembership GroupMembers
ask 20 /usr/bin/dscl -plist . -readall /Users RecordName accountPolicyData
ask 15 /usr/bin/last -1000
ask 20 /usr/bin/fdesetup haspersonalrecoverykey
ask 20 /usr/bin/fdesetup hasinstitutionalrecoverykey
ask 20 /usr/bin/fdesetup showdeferralinfo
ask 20 /usr/bin/fdesetup list -extended
ask 20 /usr/bin/dscl -plist . -readall /Groups RecordName GeneratedUID GroupMembership GroupMembers NestedGroups
ask 20 /usr/bin/pwpolicy -getaccountpolicies
ask 15 /usr/bin/app-sso platform -s
ask 20 /usr/sbin/dsconfigad -show
ask 10 /usr/sbin/scutil --proxy
if [ -n "$deep" ]; then
	echo "capture.sh: waiting for mdmclient, about 11 s" >&2
	ask 60 /usr/libexec/mdmclient QueryDeviceInformation
	ask 60 /usr/libexec/mdmclient QuerySecurityInfo
fi

# people FILE: the record names of people in a list of the directory, one a line:
# who is at the screen first, and the others by their UIDs. Names that the tool would
# read as an option, and those with references that are spelled as numbers, are left
# out.
people() {
	console=$console awk '
		/<key>/ { key = $0; sub(/^.*dsAttrTypeStandard:/, "", key); sub(/<.*$/, "", key); taken = 0 }
		/<string>.*<\/string>/ && !taken {
			value = $0; sub(/^[^<]*<string>/, "", value); sub(/<\/string>.*$/, "", value); taken = 1
			if (key == "RecordName") name = value
			if (key == "UniqueID") id = value
		}
		/<\/dict>/ {
			gsub(/&lt;/, "<", name); gsub(/&gt;/, ">", name); gsub(/&quot;/, "\"", name); gsub(/&apos;/, "\047", name)
			if (id ~ /^[0-9]+$/ && id + 0 >= 500 && name != "" && name !~ /^-/ && name !~ /&#/) {
				gsub(/&amp;/, "\\&", name)
				print (name == ENVIRON["console"] ? 0 : 1), id, name
			}
			name = ""; id = ""
		}' "$1" | sort -k 1,1n -k 2,2n | cut -d ' ' -f 3-
}

# Every question about an account can take seconds: only the first few are asked
# about, whose tokens matter most.
if [ -f "$accounts" ]; then
	people "$accounts" | head -n "$most_accounts" >"$work/people"
	while IFS= read -r account <&4; do
		ask 15 /usr/sbin/sysadminctl -secureTokenStatus "$account"
	done 4<"$work/people"
fi

# look PATH [opened]: notes whether a file is there, and of what size and age; or
# whether it can be opened, which the privacy protection of macOS can deny.
files=$work/files
: >"$files"
separator=
bsd=-T # prints whole times, seconds and year
ls --version >/dev/null 2>&1 && bsd=--time-style=full-iso
look() {
	opened=${2:+true}
	state=failed
	size=0
	mode=
	time=null
	if TZ=UTC ls -ldn "$bsd" "$below$1" >"$work/look" 2>"$work/error"; then
		state=present
		# shellcheck disable=SC2046 # the words are wanted one by one
		set -- "$1" $(awk -v bsd="$bsd" '
			BEGIN { n = split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", name, " "); for (i = 1; i <= n; i++) month[name[i]] = i }
			{ split(bsd == "-T" ? $8 : $7, clock, "."); day = bsd == "-T" ? sprintf("%04d-%02d-%02d", $9, month[$6], $7) : $6
			  print substr($1, 1, 10), $5, day "T" clock[1] "Z" }' "$work/look")
		mode=$2
		size=$3
		time="\"$4\""
		[ -z "$opened" ] || (exec <"$below$1") 2>"$work/error" || unseen
	else
		unseen
	fi
	printf '%s    {"path": "%s", "state": "%s", "opened": %s, "size": %s, "mode": "%s", "mtime": %s}' \
		"$separator" "$1" "$state" "${opened:-false}" "$size" "$mode" "$time" >>"$files"
	separator=',
'
}

# unseen reads why a file could not be looked at.
unseen() {
	size=0
	mode=
	time=null
	case $(cat "$work/error") in
	*"No such file"* | *"Not a directory"*) state=absent ;;
	*"Permission denied"* | *"Operation not permitted"*) state=denied ;;
	*) state=failed ;;
	esac
}

look /private/var/db/FileVaultPRK.dat
look "/Library/Managed Preferences/com.apple.security.FDERecoveryKeyEscrow.plist"
look "/Library/Application Support/com.apple.TCC/TCC.db" opened
look "/Library/Security/SecurityAgentPlugins/Bootstrap Buddy.bundle"
look /Library/Security/SecurityAgentPlugins/Crypt.bundle
look "/Library/Security/SecurityAgentPlugins/Escrow Buddy.bundle"
look "/Applications/Jamf Connect.app"
look /Library/Security/SecurityAgentPlugins/JamfConnectLogin.bundle
look /Applications/Privileges.app
look /Applications/XCreds.app
look /Library/Security/SecurityAgentPlugins/XCredsLoginPlugin.bundle

{
	printf '{\n  "format": "tokenward-recording/1",\n  "taken_at": "%s",\n  "commands": [\n' "$taken"
	cat "$commands"
	printf '\n  ],\n  "files": [\n'
	cat "$files"
	printf '\n  ],\n  "probes": [],\n  "provenance": {"tool": "capture.sh %s", "redacted": ["some secrets"]}\n}\n' "$version"
} >"$kept/recording.json"

# sums HASHER...: prints the hashes of all files, in the form of shasum.
sums() (
	cd "$kept" && "$@" ./*.std* recording.json
)

# list_hashes HASHER...: adds the manifest, by which a change can be seen.
list_hashes() {
	sums "$@" >"$work/sums" || fail "the files could not be hashed"
	sed 's|  \./|  |' "$work/sums" >"$kept/manifest.sha256" || fail "the hashes could not be written"
}

# A recording without a manifest is one too.
if command -v shasum >/dev/null; then
	list_hashes shasum -a 256
elif command -v sha256sum >/dev/null; then
	list_hashes sha256sum
else
	echo "capture.sh: without hashes of the files: no program for them is there" >&2
fi

[ -n "$file" ] || file=tokenward${serial:+-$serial}-${taken%%T*}.tar.gz
(set -C && : >"$file") 2>/dev/null || fail "$file is there already, or cannot be written"
if ! tar -czf "$file" -C "$work" tokenward-recording; then
	rm -f "$file"
	fail "$file could not be written"
fi
cat <<END
$file: what this Mac answered. Recovery keys, hashes, tickets and tokens were
taken out; names of accounts, people and hosts are in it.
Look at it with: tar -xzf $file · judge it with: tokenward diagnose $file
END
