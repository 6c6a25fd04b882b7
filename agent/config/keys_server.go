package config

import "time"

func serverKeys() []Key {
	return []Key{
		{
			Path: "server.url", Plist: "ServerURL", Kind: Text, Title: "Server", Who: Root, High: longestText,
			Text: "Where reports go, https://host[:port][/path]. Empty: nowhere.",
		},
		{
			Path: "server.token_file", Plist: "ServerTokenFile", Kind: Text, Title: "Bearer token's file", Who: Root, High: longestPath, File: true,
			Text: "File with the server's bearer token, readable by root alone.",
		},
		{
			Path: "server.ca_file", Plist: "ServerCAFile", Kind: Text, Title: "Certificate authority's file", Who: Root, High: longestPath, File: true,
			Text: "File with the certificates, in PEM, that the server's must descend from. Empty: the system's.",
		},
		{
			Path: "server.ca", Plist: "ServerCA", Kind: Text, Title: "Certificate authority", Who: Root, High: longestPEM,
			Text: "The same certificates themselves, for a profile, which can lay down no file. Not beside ServerCAFile.",
		},
		{
			Path: "server.timeout", Plist: "ServerTimeout", Kind: Duration, Title: "Longest request", Who: Root, Low: int64(time.Second), High: int64(10 * time.Minute),
			Text: "The longest that one request to the server may take.",
		},
		{
			Path: "server.format", Plist: "ServerFormat", Kind: Choice, Title: "Kind of server", Who: Root, Choices: []string{"tokenward", "plain"},
			Text: "tokenward: a Tokenward server, with enrolment and signed requests. plain: the same JSON to any HTTPS endpoint, where any 2xx answer takes it.",
		},
		{
			Path: "server.proxy", Plist: "ServerProxy", Kind: Text, Title: "Proxy", Who: Root, High: longestText,
			Text: "Proxy on the way to the server, http://host:port. none: no proxy. Empty: that of the daemon's environment.",
		},
		{
			Path: "server.client_cert_file", Plist: "ServerClientCertFile", Kind: Text, Title: "Client certificate's file", Who: Root, High: longestPath, File: true,
			Text: "File with a client certificate in PEM, for a plain server that asks for one.",
		},
		{
			Path: "server.client_key_file", Plist: "ServerClientKeyFile", Kind: Text, Title: "Client key's file", Who: Root, High: longestPath, File: true,
			Text: "File with the key of the client certificate, readable by root alone.",
		},
	}
}

func enrollmentKeys() []Key {
	return []Key{
		{
			Path: "enrollment.secret", Plist: "EnrollmentSecret", Kind: Secret, Title: "Enrolment secret", Who: ManagedOnly, High: 256,
			Text: "Opens a pending enrolment and no more: every user of the Mac can read it in managed preferences. Anywhere else use EnrollmentSecretFile.",
		},
		{
			Path: "enrollment.secret_file", Plist: "EnrollmentSecretFile", Kind: Text, Title: "Enrolment secret's file", Who: Root, High: longestPath, File: true,
			Text: "File of mode 0600 with the enrolment secret or a one-time code. It is deleted once the server has let the Mac in.",
		},
	}
}
