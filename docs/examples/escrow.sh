#!/bin/bash
# Escrows the Bootstrap Token with the credentials of whoever is logged in. It is
# written as such scripts usually are, with their usual weak spots: the password
# stands in the arguments of two tools, and a standard user stays an administrator
# if the script is killed between two lines. It is here to be tested, not to be
# deployed.
set -u
loggedInUser=$( echo "show State:/Users/ConsoleUser" | /usr/sbin/scutil | awk '/Name :/ && ! /loginwindow/ { print $3 }' )
[[ $(/usr/bin/id -u) -eq 0 ]] || { echo "must run as root"; exit 1; }
status=$(/usr/bin/profiles status -type bootstraptoken)
if [[ "$status" == *"supported on server: YES"* && "$status" == *"escrowed to server: YES"* ]]; then
	echo "already escrowed"; exit 0
fi
if [[ $(/usr/sbin/sysadminctl -secureTokenStatus "$loggedInUser" 2>&1) != *ENABLED* ]]; then
	echo "$loggedInUser has no Secure Token"; exit 1
fi
uid=$(/usr/bin/id -u "$loggedInUser")
password=$(/bin/launchctl asuser "$uid" sudo -u "$loggedInUser" /usr/bin/osascript -e 'text returned of (display dialog "Please enter your password" default answer "" with hidden answer)')
if ! /usr/bin/dscl . -authonly "$loggedInUser" "$password"; then echo "wrong password"; exit 1; fi
promoted=no
if ! /usr/sbin/dseditgroup -o checkmember -m "$loggedInUser" admin >/dev/null; then
	/usr/sbin/dseditgroup -o edit -a "$loggedInUser" -t user admin; promoted=yes
fi
/usr/bin/profiles install -type bootstraptoken -user "$loggedInUser" -password "$password"
result=$?
[[ $promoted == yes ]] && /usr/sbin/dseditgroup -o edit -d "$loggedInUser" -t user admin
/usr/bin/profiles status -type bootstraptoken
exit $result
