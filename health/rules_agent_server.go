package health

import "github.com/tokenward/tokenward/health/evidence"

// offline is what comes of every trouble on the way to the server.
const offline = "The fleet's page shows this Mac as it was. Nothing is lost: the reports wait on the disk."

// serverRules are about why reports do not reach the server. Each is told after it
// has lasted: a laptop passes many networks in a day.
func serverRules() []Rule {
	uplink := []evidence.FactName{UplinkFact}
	const source = "the agent's own deliveries"
	return []Rule{
		{
			Code: "AG_SERVER_UNREACHABLE", Title: "The server of the reports cannot be reached", Severity: Low, FedBy: FromAgent, Evidence: uplink,
			Open:        "whether the server is away or this Mac's network does not lead there",
			Why:         "Its name has no address here, no way leads to it, or nobody listens. For hours the Mac was awake and it was so.",
			Consequence: offline,
			NextStep:    "Look whether other Macs reach it. If they do, look at this Mac's network, VPN and name servers: `sudo tokenward status` names the error under Reports.",
			Source:      source,
		},
		{
			Code: "AG_SERVER_PORTAL", Title: "Something else answers in place of the server", Severity: Low, FedBy: FromAgent, Evidence: uplink,
			Open:        "what it is that answers",
			Why:         "The portal of a guest network, a proxy or a firewall answers with a page of its own. What is not the server's answer counts for nothing.",
			Consequence: offline,
			NextStep:    "In a guest network, log in to its portal. In the own network, have the proxy or firewall pass the server's name on untouched.",
			Source:      source,
		},
		{
			Code: "AG_SERVER_STALLED", Title: "Connections to the server carry nothing", Severity: Low, FedBy: FromAgent, Evidence: uplink,
			Open:        "whether the server is too busy or something in between drops packets",
			Why:         "A connection is made, and then no answer comes or it comes too slowly: a firewall that drops long packets, a VPN with too large packets, a server that hangs.",
			Consequence: offline,
			NextStep:    "Try from another network. If it works there, look at the packet sizes of VPN and firewall; if not, look at the server.",
			Source:      source,
		},
		{
			Code: "AG_SERVER_CERTIFICATE", Title: "The server's certificate is not trusted", Severity: Low, FedBy: FromAgent, Evidence: uplink,
			After:       []Code{"AG_CLOCK_WRONG"},
			Open:        "whether the certificate is wrong or another machine answers",
			Why:         "It has ended or is not valid yet, is for another name, or its authority is not the one in the agent's configuration. A proxy that opens TLS looks the same.",
			Consequence: offline,
			NextStep:    "Renew the certificate, or send the authority as `server.ca` in the profile. Where a proxy opens TLS, exempt the server's name.",
			DoNot:       "Do not add the authority of an unknown network to the trusted ones.",
			Source:      source,
		},
		{
			Code: "AG_SERVER_PROXY", Title: "The proxy does not let reports through", Severity: Low, FedBy: FromAgent, Evidence: uplink,
			Why:         "The proxy cannot be reached, refuses the server's name, or wants a password. The agent has none and asks nobody for one.",
			Consequence: offline,
			NextStep:    "Let the server's name pass the proxy without a password, or set `server.proxy` in the profile.",
			DoNot:       "Do not write a proxy's password into a profile: everybody on the Mac can read it.",
			Source:      source,
		},
		{
			Code: "AG_SERVER_REFUSES", Title: "The server does not want this Mac's reports", Severity: Low, FedBy: FromAgent, Evidence: uplink,
			Why:         "The token is wrong, the address leads to another service, or the server does not know this Mac.",
			Consequence: offline,
			NextStep:    "`sudo tokenward status` names the server's answer under Reports. Compare the address and the token with those of a Mac that reports.",
			Source:      source,
		},
	}
}

// identityRules are about what this Mac is to its server.
func identityRules() []Rule {
	uplink := []evidence.FactName{UplinkFact}
	return []Rule{
		{
			Code: "AG_ENROLLMENT_PENDING", Title: "The enrolment at the server waits for approval", Severity: Low, FedBy: FromAgent, Evidence: uplink,
			Why:         "The Mac has made itself known to the server, and a person decides there whether it belongs to the fleet.",
			Consequence: offline,
			NextStep:    "Compare `sudo tokenward self --card` with what the server shows, and approve the Mac there. With an enrolment secret or an imported serial number nobody has to.",
			DoNot:       "Do not approve a request whose fingerprint nobody has compared.",
			Source:      "the agent's own enrolment",
		},
		{
			Code: "AG_KEY_REVOKED", Title: "The server has revoked this Mac's key", Severity: Low, FedBy: FromAgent, Evidence: uplink,
			Why:         "Somebody revoked it at the server: the Mac was given away, lost, or its key was thought to be copied.",
			Consequence: "The server takes no report of this Mac until it is enrolled anew.",
			NextStep:    "Ask who revoked it and why. If the Mac belongs to the fleet, enrol it anew with a code from the server.",
			DoNot:       "Do not enrol a Mac anew that was revoked because it was lost.",
			Source:      "the agent's own enrolment",
		},
		{
			Code: "AG_DISK_MOVED", Title: "The disk was in another Mac before", Severity: Low, FedBy: FromAgent,
			Evidence:    []evidence.FactName{IdentityFact},
			Open:        "whether the disk was moved, restored from a backup of another Mac or cloned",
			Why:         "The agent's files are those of a Mac with another hardware UUID: a restore, a migration or a cloned disk.",
			Consequence: "The Mac counts as a new one at the server. Its history before that is the other Mac's.",
			NextStep:    "Nothing, where the move was meant. Otherwise find out where the other Mac is: two Macs may share a copied disk with its accounts.",
			Source:      "the agent's own identity",
		},
	}
}

// stateRules are about the agent's own files and parts.
func stateRules() []Rule {
	return []Rule{
		{
			Code: "AG_STATE_UNWRITABLE", Title: "The agent cannot write its own files", Severity: Low, FedBy: FromAgent,
			Evidence:    []evidence.FactName{StateFact},
			Open:        "whether the disk is full, cannot be written to or is broken",
			Why:         "The disk is full or has run out of files, or the folder `/var/db/tokenward` was changed.",
			Consequence: "Reports of these times may be missing, and what checks remember, such as since when a finding holds, may be old.",
			NextStep:    "Look with `df -h /System/Volumes/Data`, and make room. The agent tries again at every check.",
			DoNot:       "Do not delete `/var/db/tokenward` to make room: it is small, and the Mac would be a new one at the server.",
			Source:      "the agent's own files",
		},
		{
			Code: "AG_PART_FAILED", Title: "A part of the agent failed", Severity: Low, FedBy: FromAgent,
			Evidence:    []evidence.FactName{StateFact},
			Open:        "whether it will fail again",
			Why:         "A mistake in this program, or a Mac that answers in a way that nobody has seen yet. launchd has started the agent anew, or the check went on without that part.",
			Consequence: "Some facts or reports of that time may be missing.",
			NextStep:    "Send the makers `/var/log/tokenward/agent.log` and the folder `/var/db/tokenward/crashes`: both say where it failed, and hold no secret.",
			Source:      "the agent's own records, kept for a day",
		},
	}
}
