package parse

import (
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/pattern"
)

// TokenAnswer is what sysadminctl -secureTokenStatus says of one account.
type TokenAnswer struct {
	Token evidence.TokenStatus `json:"token"`
}

// TokenUnknown is output that is certainly the tool's and holds no answer.
const TokenUnknown evidence.TokenStatus = "unknown"

// SysadminctlSecureTokenStatus reads sysadminctl -secureTokenStatus, which
// answers on stderr. The name at the end of the line is the full name since
// macOS 11 or so, and is never compared with anything: only the beginning of
// the message counts. Error lines may stand before the answer.
func SysadminctlSecureTokenStatus(out []byte) (TokenAnswer, error) {
	messages, err := sysadminctlMessages(out)
	if err != nil {
		return TokenAnswer{}, err
	}
	var answer once[evidence.TokenStatus]
	for _, m := range messages {
		switch {
		case strings.HasPrefix(m, "Secure token is ENABLED for user "):
			err = answer.say("the token", evidence.TokenEnabled)
		case strings.HasPrefix(m, "Secure token is DISABLED for user "):
			err = answer.say("the token", evidence.TokenDisabled)
		case strings.HasPrefix(m, "Unknown user "):
			err = answer.say("the token", evidence.TokenNoUser)
		}
		if err != nil {
			return TokenAnswer{}, err
		}
	}
	if !answer.said {
		return TokenAnswer{TokenUnknown}, nil
	}
	return TokenAnswer{answer.value}, nil
}

// What sysadminctl claims of a change. Its exit status is 0 in every case.
const (
	ClaimedDone       = "claimed_done"
	GranterRefused    = "granter_refused"
	NeedsTokenUnlock  = "needs_token_unlock"
	LastHolderOrAdmin = "last_holder_or_admin"
	SelfRefused       = "self_refused"
	PermissionDenied  = "permission_denied"
	PasswordPolicy    = "password_policy"
)

// refusals are checked in this order: a refusal beside "Done!" is a refusal.
func refusals() []struct{ part, outcome string } {
	return []struct{ part, outcome string }{
		{"Domain=com.apple.OpenDirectory Code=5101 ", GranterRefused},
		{"Operation is not permitted without secure token unlock.", NeedsTokenUnlock},
		{"can not be deleted (it's either last admin user or last secure token user", LastHolderOrAdmin},
		{"User cannot disable their own SEP credential", SelfRefused},
		{"### Error:-14120 ", PermissionDenied},
		{"New account password error", PasswordPolicy},
		{"### Error:-14090 ", AuthFailed},
	}
}

// SysadminctlChange reads the output of the verbs of sysadminctl that change
// something. The best of its outcomes is a claim: what is so must be read again.
func SysadminctlChange(out []byte) (Outcome, error) {
	messages, err := sysadminctlMessages(out)
	if err != nil {
		return Outcome{}, err
	}
	text := strings.Join(messages, "\n")
	for _, r := range refusals() {
		if strings.Contains(text, r.part) {
			return Outcome{r.outcome}, nil
		}
	}
	for _, m := range messages {
		if m == "- Done!" || m == "Done!" {
			return Outcome{ClaimedDone}, nil
		}
	}
	return Outcome{OutcomeUnknown}, nil
}

var knownMessage = pattern.Lazy(
	`^(Secure token is (ENABLED|DISABLED) for user |Unknown user |### Error:-|- Done!$|Failed to authenticate with SystemAdministration framework|` +
		`Operation is not permitted without |setSecureTokenAuthorizationEnabled error |User .* can not be deleted |User cannot disable their own )`)

// sysadminctlMessages returns the messages without time and process. Output in
// which no line is known to be the tool's is unreadable.
func sysadminctlMessages(out []byte) ([]string, error) {
	all, err := lines(out)
	if err != nil {
		return nil, err
	}
	var messages []string
	recognised := false
	for _, line := range all {
		m := logPrefix.FindStringSubmatch(line)
		if m != nil {
			line = line[len(m[0]):]
		}
		recognised = recognised || (m != nil && m[1] == "sysadminctl") || knownMessage.MatchString(line)
		messages = append(messages, line)
	}
	if !recognised {
		return nil, unreadable("no line of it is known")
	}
	return messages, nil
}
