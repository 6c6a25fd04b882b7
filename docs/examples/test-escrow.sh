#!/bin/bash
# Tests escrow.sh on simulated Macs. It needs macsim in the search path, or its
# path in MACSIM.
set -u
macsim=${MACSIM:-macsim}
here=$(cd "$(dirname "$0")" && pwd)
macs=$(mktemp -d)
trap 'rm -rf "$macs"' EXIT
failures=0

# check NAME WANTED GOT
check() {
	if [[ "$3" == *"$2"* ]]; then
		echo "ok      $1"
	else
		echo "FAILED  $1: wanted \"$2\" in:"
		echo "$3"
		failures=$((failures + 1))
	fi
}

# A standard user holds the only Secure Token, and types the right password.
mac=$macs/standard
"$macsim" up "$mac" --scenario bootstrap-not-escrowed-standard-holder >/dev/null
"$macsim" do "$mac" answers 'answers=[{text: jokafor-pw}]'
check "it says that the token is escrowed" "escrowed to server: YES" "$("$macsim" shell "$mac" "$here/escrow.sh" 2>&1)"
truth=$("$macsim" show "$mac")
check "it is, and the server has the right one" "volume, believed, server, valid" "$truth"
check "the user is a standard user again" "jokafor          token, owner" "$truth"

# The same user mistypes the password.
mac=$macs/typo
"$macsim" up "$mac" --scenario bootstrap-not-escrowed-standard-holder >/dev/null
"$macsim" do "$mac" answers 'answers=[{text: wrong}]'
check "a wrong password is noticed" "wrong password" "$("$macsim" shell "$mac" "$here/escrow.sh" 2>&1)"
check "and changes nothing" "Bootstrap Token  none" "$("$macsim" show "$mac")"

# The server says yes and keeps nothing. The script cannot know; the test can.
mac=$macs/full-disk
"$macsim" up "$mac" --scenario bootstrap-not-escrowed-standard-holder >/dev/null
"$macsim" do "$mac" answers 'answers=[{text: jokafor-pw}]'
"$macsim" do "$mac" server_does stores_nothing=true
check "it believes the Mac" "escrowed to server: YES" "$("$macsim" shell "$mac" "$here/escrow.sh" 2>&1)"
check "the server has nothing" "Bootstrap Token  volume, believed" "$("$macsim" show "$mac")"

# Who reads the list of processes learns the password.
check "the password is in the arguments of a tool" "jokafor-pw" "$("$macsim" calls "$mac")"

exit "$failures"
