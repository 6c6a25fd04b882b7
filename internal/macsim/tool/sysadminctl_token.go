package tool

import "github.com/tokenward/tokenward/internal/macsim/state"

// The words of sysadminctl that stand for a refusal. observed: all of them, but
// of the file in the message about a wrong administrator's password the last
// part alone: the rest of that line is the simulator's.
const (
	unknownUser        = "Unknown user %s"
	needsUnlock        = "Operation is not permitted without secure token unlock."
	wrongAdministrator = "### Error:-14090 File:macsim/DSAuthenticator.m Line:94"
	notOneself         = "User cannot disable their own SEP credential"
	notGranted         = `setSecureTokenAuthorizationEnabled error Error Domain=com.apple.OpenDirectory Code=5101 "` + notGrantedReason + `" UserInfo={NSLocalizedDescription=` + notGrantedReason + `, NSLocalizedFailureReason=` + notGrantedReason + `}`
	cannotDelete       = "User %s can not be deleted (it's either last admin user or last secure token user neither of which can be deleted)"

	notGrantedReason = "Authentication server refused operation because the current credentials are not authorized for the requested operation."
)

func (o *accountOptions) tokenOn(m *state.Mac, l *nsLog) Reply {
	password := o.values["-password"]
	why, err := m.Do(l.call.At, &state.TokenOn{User: o.subject(), Password: &password, Granter: o.granter, GranterPassword: o.granterPassword})
	return o.tokenReply(l, why, err)
}

func (o *accountOptions) tokenOff(m *state.Mac, l *nsLog) Reply {
	password := o.values["-password"]
	why, err := m.Do(l.call.At, &state.TokenOff{User: o.subject(), Password: &password, Granter: o.granter, GranterPassword: o.granterPassword})
	return o.tokenReply(l, why, err)
}

// tokenReply is the end of both. observed (10.15): done, and refused for an
// administrator without a token; observed (27.0): refused for oneself.
func (o *accountOptions) tokenReply(l *nsLog, why state.Refusal, err error) Reply {
	switch {
	case err != nil:
		return own(err.Error())
	case why == state.NotRefused:
		l.add("- Done!")
	case why == state.OnOneself:
		l.add(notOneself)
	case why == state.GranterNotAdmin || why == state.GranterNoToken:
		l.add(notGranted)
	default:
		o.refuse(l, why)
	}
	return l.reply()
}

// refuse finds the words for a refusal of any verb. observed: of an unknown user
// for a status, of a missing unlock for a reset and a grant; inferred: the same
// for the other verbs.
func (o *accountOptions) refuse(l *nsLog, why state.Refusal) {
	switch why {
	case state.UnknownAccount:
		l.add(unknownUser, o.subject())
	case state.NeedsToken:
		l.add(needsUnlock)
	case state.GranterPassword, state.GranterUnknown:
		l.add(wrongAdministrator)
	default:
		l.own("%s %s is refused (%s)", o.verb, o.subject(), why)
	}
}
