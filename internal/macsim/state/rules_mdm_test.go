package state

import "testing"

// Enrolling, and what the Mac and its servers know of a Bootstrap Token then.
func TestEnroll(t *testing.T) {
	t.Parallel()
	mac := func(version string, options ...with) *Mac {
		return start(version, append([]with{person("boss", admin, holder), person("it", admin)}, options...)...)
	}
	byHand := &Enroll{Way: ApprovedByUser, By: "boss"}
	elsewhere := &Enroll{Server: "https://other.example.com/in"}
	off := []Capability{NoCapability}
	testRules(t, []ruleCase{
		{"automatically", mac("26.1"), []Event{&Enroll{}}, "supported: true; supervised: true; " + none},
		{"by hand: nothing is escrowed yet", mac("26.1"), []Event{byHand}, "supported: true; supervised: true; " + none},
		{"by hand: at the next login of a holder", mac("26.1"), []Event{byHand, &Login{User: "boss"}}, valid},
		{"A14: by an administrator without a token", mac("26.1"), []Event{&Enroll{Way: ApprovedByUser, By: "it"}, &Login{User: "it"}}, none},
		{"by hand, 10.15: not supervised", mac("10.15.7"), []Event{byHand}, "supported: true; supervised: false"},
		{"by a script", mac("26.1"), []Event{&Enroll{Way: NotApproved}, &Login{User: "boss"}}, "supervised: false; " + none},
		{"by a script, and approved", mac("26.1"), []Event{&Enroll{Way: NotApproved}, &Approve{}, &Login{User: "boss"}}, "supervised: true; " + valid},
		{"private: never", mac("26.1"), []Event{&Enroll{Way: UserEnrollment}, &Login{User: "boss"}, refused{&InstallBootstrap{User: "boss"}, NotPermitted}}, "supervised: false; " + none},
		{"10.14 knows nothing of it", mac("10.14.6"), []Event{&Enroll{}}, "supported: false"},
		{"10.15 learns of it by an option", mac("10.15.7"), []Event{&Enroll{}, &Upgrade{Version: "11.7", Build: "20G1"}}, "supported: false"},
		{"11 by the profile", mac("11.0"), []Event{&Enroll{}, &Upgrade{Version: "14.1", Build: "23B74"}}, "supported: true"},
		{"F1: a server without support", mac("26.1"), []Event{&Enroll{Capability: &off[0]}, &Login{User: "boss"}}, "supported: false; " + none},
		{"again: the server forgets", mac("26.1", enrolled(ADE), escrowed), []Event{&Enroll{}}, "bootstrap: volume 1, server 0; valid: false"},
		{"again, and a holder logs in: a new one", mac("26.1", enrolled(ADE), escrowed), []Event{&Enroll{}, &Login{User: "boss"}}, "bootstrap: volume 2, believed, server 2"},
		{"again, with a server that keeps it", mac("26.1", enrolled(ADE), escrowed, server(func(s *Server) { s.KeepsToken = true })), []Event{&Enroll{}}, "bootstrap: volume 1, server 1"},
		{"elsewhere: the new server has none", mac("26.1", enrolled(ADE), escrowed, server(func(s *Server) { s.KeepsToken = true })), []Event{elsewhere}, "bootstrap: volume 1, server 0"},
		{
			"elsewhere, after leaving", mac("26.1", enrolled(ADE), escrowed, server(func(s *Server) { s.KeepsToken = true })),
			[]Event{&Unenroll{}, elsewhere},
			"bootstrap: volume 1, server 0",
		},
		{"elsewhere, though the old server is gone", mac("26.1", enrolled(ADE), escrowed, server(func(s *Server) { s.Down = true })), []Event{elsewhere, &Login{User: "boss"}}, "bootstrap: volume 2, believed, server 2"},
		{"offline", mac("26.1", offline), []Event{refused{&Enroll{}, ServerUnreachable}}, "supervised: false"},
		{"offline: the old server keeps what it has", mac("26.1", enrolled(ADE), escrowed, offline), []Event{refused{elsewhere, ServerUnreachable}}, valid},
		{"an unknown way", mac("26.1"), []Event{senseless{&Enroll{Way: "magic"}, "way:"}}, none},
		{"by nobody", mac("26.1"), []Event{senseless{&Enroll{By: "ghost"}, "ghost"}}, none},
		{"nothing to approve", mac("26.1"), []Event{senseless{&Approve{}, "approve"}}, none},
	})
}

// What happens to an enrolment later.
func TestEnrolmentLater(t *testing.T) {
	t.Parallel()
	without := func(version string) *Mac {
		return escrowing(version, ADE, func(m *Mac) { m.Enrollment.Capability = NoCapability })
	}
	testRules(t, []ruleCase{
		{"renewed: believed, and the server has none", managedMac("15.7.1"), []Event{&RenewIdentity{}}, "bootstrap: volume 1, believed, server 0"},
		{"renewed: not sent at a login", managedMac("15.7.1"), []Event{&RenewIdentity{}, &Login{User: "boss"}}, "bootstrap: volume 1, believed, server 0"},
		{"renewed: nobody is helped", managedMac("15.7.1"), []Event{&RenewIdentity{}, &Login{User: "lea"}}, "lea: none"},
		{"renewed, and escrowed by hand", managedMac("15.7.1"), []Event{&RenewIdentity{}, &InstallBootstrap{User: "boss"}, &Login{User: "lea"}}, "lea: token; bootstrap: volume 2, believed, server 2"},
		{"renewed, with a server that keeps it", managedMac("15.7.1", server(func(s *Server) { s.KeepsToken = true })), []Event{&RenewIdentity{}}, valid},
		{"renewed offline", managedMac("15.7.1", offline), []Event{refused{&RenewIdentity{}, ServerUnreachable}}, valid},
		{"expired: nothing is fetched", managedMac("15.7.1"), []Event{&ExpireIdentity{}, &Login{User: "lea"}}, "lea: none"},
		{"expired, and renewed", managedMac("15.7.1", server(func(s *Server) { s.KeepsToken = true })), []Event{&ExpireIdentity{}, &RenewIdentity{}, &Login{User: "lea"}}, "lea: token"},
		{"left: the volume keeps an orphan, the server its copy", managedMac("15.7.1", keysEscrowed, escrowed), []Event{&Unenroll{}}, "bootstrap: volume 1, server 1; boss: token; supported: false"},
		{"left: users keep their tokens", managedMac("15.7.1"), []Event{&Login{User: "lea"}, &Unenroll{}, &Restart{}}, "lea: token; boss: token"},
		{"left: nobody is helped any more", managedMac("15.7.1"), []Event{&Unenroll{}, &Login{User: "lea"}}, "lea: none"},
		{"left: nothing to install", managedMac("15.7.1"), []Event{&Unenroll{}, refused{&InstallBootstrap{User: "boss"}, NotEnrolledYet}}, "supported: false"},
		{"F11: the profile announces it", without("15.7.1"), []Event{&UpdateProfile{Capability: ByProfile}}, "supported: true; " + none},
		{"F11: and it is escrowed at the next login", without("15.7.1"), []Event{&UpdateProfile{Capability: ByProfile}, &Login{User: "boss"}}, valid},
		{"F11: 10.15 by the option", without("10.15.7"), []Event{&UpdateProfile{Capability: ByOption}, &Login{User: "boss"}}, valid},
		{"F11: the option is nothing to 11", without("11.0"), []Event{&UpdateProfile{Capability: ByOption}, &Login{User: "boss"}}, "supported: false; " + none},
		{"support is taken back: tokens stay", managedMac("15.7.1"), []Event{&Login{User: "lea"}, &UpdateProfile{}}, "supported: false; lea: token; bootstrap: volume 1, believed, server 1"},
		{"no new profile offline", without("15.7.1"), []Event{&Connect{}, refused{&UpdateProfile{Capability: ByProfile}, ServerUnreachable}}, "supported: false"},
		{"an outage", managedMac("15.7.1"), []Event{&ServerDoes{Down: yes()}, &Login{User: "lea"}}, "lea: none; console: lea"},
		{"an outage that is over", managedMac("15.7.1"), []Event{&ServerDoes{Down: yes()}, &Login{User: "lea"}, &ServerDoes{Down: no()}, &Login{User: "lea"}}, "lea: token"},
		{"a server that throws it away", escrowing("15.7.1", ADE), []Event{&ServerDoes{StoresNothing: yes()}, &InstallBootstrap{User: "boss"}}, "bootstrap: volume 1, believed, server 0"},
		{"not enrolled: nothing to leave", start("15.7.1"), []Event{senseless{&Unenroll{}, "not enrolled"}}, none},
		{"not enrolled: nothing to renew", start("15.7.1"), []Event{senseless{&RenewIdentity{}, "not enrolled"}}, none},
		{"not enrolled: nothing to expire", start("15.7.1"), []Event{senseless{&ExpireIdentity{}, "not enrolled"}}, none},
		{"not enrolled: no profile", start("15.7.1"), []Event{senseless{&UpdateProfile{}, "not enrolled"}}, none},
	})
}

// In recoveryOS a volume owner lets the server use the token, which lowers the
// security of the start.
func TestAllowBootstrapAuth(t *testing.T) {
	t.Parallel()
	m := managedMac("15.7.1")
	play(t, m, &AllowBootstrapAuth{})
	if !m.Enrollment.BootstrapAuthAllowed || !m.Security.MDMAllowed || m.Security.Boot != ReducedSecurity {
		t.Errorf("got %+v, %+v", m.Enrollment, m.Security)
	}
	play(t, managedMac("15.7.1", on(T2)), senseless{&AllowBootstrapAuth{}, "Apple silicon"})
}
