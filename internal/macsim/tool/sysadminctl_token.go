package tool

import "github.com/tokenward/tokenward/internal/macsim/state"

// The words of sysadminctl that stand for a refusal. observed: all of them.
const (
	needsUnlock  = "Operation is not permitted without secure token unlock."
	notOneself   = "User cannot disable their own SEP credential"
	notGranted   = `setSecureTokenAuthorizationEnabled error Error Domain=com.apple.OpenDirectory Code=5101 "` + notGrantedReason + `" UserInfo={NSLocalizedDescription=` + notGrantedReason + `, NSLocalizedFailureReason=` + notGrantedReason + `}`
	cannotDelete = "User %s can not be deleted (it's either last admin user or last secure token user neither of which can be deleted)"

	notGrantedReason = "Authentication server refused operation because the current credentials are not authorized for the requested operation."
)

func (o *accountOptions) tokenOn(m *state.Mac, l *log) Reply {
	granter, password := o.granter(m)
	why, err := m.Do(l.call.At, &state.TokenOn{User: o.user, Password: o.password, Granter: granter, GranterPassword: password})
	return o.tokenReply(l, why, err)
}

func (o *accountOptions) tokenOff(m *state.Mac, l *log) Reply {
	granter, password := o.granter(m)
	why, err := m.Do(l.call.At, &state.TokenOff{User: o.user, Password: o.password, Granter: granter, GranterPassword: password})
	return o.tokenReply(l, why, err)
}

// tokenReply is the end of both. observed (10.15): done, and refused for an
// administrator without a token; observed (27.0): refused for oneself.
func (o *accountOptions) tokenReply(l *log, why state.Refusal, err error) Reply {
	switch {
	case err != nil:
		return own(err.Error())
	case why == state.NotRefused:
		l.add("- Done!")
	default:
		o.refuse(l, why)
	}
	return l.reply()
}

// refuse finds the words for a refusal. The file in the message about a wrong
// administrator's password is known by its last part alone, so that the rest of
// the line is the simulator's.
func (o *accountOptions) refuse(l *log, why state.Refusal) {
	switch why {
	case state.UnknownAccount:
		l.add("Unknown user %s", o.user)
	case state.NeedsToken:
		l.add("%s", needsUnlock)
	case state.OnOneself:
		l.add("%s", notOneself)
	case state.GranterNotAdmin, state.GranterNoToken:
		l.add("%s", notGranted)
	case state.GranterPassword, state.GranterUnknown:
		l.add("### Error:-14090 File:macsim/DSAuthenticator.m Line:94")
	default:
		l.own("%s %s is refused (%s)", o.verb, o.user, why)
	}
}
