package redact

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/plistx"
)

// record is one record of dscl -plist: every value is an array of strings.
type record map[string][]string

// listStart is where a property list begins, at the end where there is none.
func listStart(out []byte) int {
	if bytes.HasPrefix(out, []byte("bplist")) {
		return 0
	}
	for _, mark := range []string{"<?xml", "<!DOCTYPE plist", "<plist"} {
		if i := bytes.Index(out, []byte(mark)); i >= 0 {
			return i
		}
	}
	return len(out)
}

// decoded reads a list as the parsers do, and written writes it anew.
func decoded[T any](out []byte) (T, bool) {
	var v T
	err := plistx.Decode(out, &v)
	return v, err == nil
}

func written(v any) ([]byte, bool) {
	out, err := plistx.Encode(v)
	if err != nil {
		return nil, false
	}
	return append(bytes.TrimRight(out, "\n"), '\n'), true
}

func users(b *book, out []byte) ([]byte, bool) { return records(b, out, record.user) }

func groups(b *book, out []byte) ([]byte, bool) { return records(b, out, record.group) }

func group(b *book, out []byte) ([]byte, bool) {
	r, ok := decoded[record](out)
	if !ok {
		return nil, false
	}
	return written(r.group(b))
}

func records(b *book, out []byte, rewrite func(record, *book) record) ([]byte, bool) {
	all, ok := decoded[[]record](out)
	if !ok {
		return nil, false
	}
	for i, r := range all {
		all[i] = rewrite(r, b)
	}
	return written(append([]record{}, all...)) // never nil
}

const (
	standard = "dsAttrTypeStandard:"
	native   = "dsAttrTypeNative:"
)

// user keeps the attributes that are asked for. The directory may hold others, of
// which a hint and a picture are some.
func (r record) user(b *book) record {
	kept := r.keep(standard+"UniqueID", standard+"GeneratedUID", standard+"RealName", standard+"RecordName", standard+"AuthenticationAuthority",
		standard+"NFSHomeDirectory", standard+"UserShell", standard+"OriginalNodeName", native+"IsHidden", native+"accountPolicyData")
	kept.each(standard+"AuthenticationAuthority", authorityTag)
	kept.each(native+"accountPolicyData", passwordTimes)
	if b != nil {
		kept.withoutNames(b)
	}
	return kept
}

// group keeps what says who is a member.
func (r record) group(b *book) record {
	kept := r.keep(standard+"RecordName", standard+"GeneratedUID", standard+"GroupMembership", standard+"GroupMembers", standard+"NestedGroups")
	if b == nil {
		return kept
	}
	uuid := kept.first(standard + "GeneratedUID")
	kept.each(standard+"RecordName", func(s string) string { return b.group(s, uuid) })
	kept.each(standard+"GroupMembership", b.person)
	for _, attribute := range []string{"GeneratedUID", "GroupMembers", "NestedGroups"} {
		kept.each(standard+attribute, b.identifier)
	}
	return kept
}

// keep returns a copy with these attributes, scrubbed.
func (r record) keep(attributes ...string) record {
	kept := record{}
	for _, a := range attributes {
		if values, ok := r[a]; ok {
			kept[a] = slices.Clone(values)
			if a != native+"accountPolicyData" && a != standard+"AuthenticationAuthority" { // these are rewritten whole
				kept.each(a, scrub)
			}
		}
	}
	return kept
}

func (r record) first(attribute string) string {
	if v := r[attribute]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (r record) each(attribute string, change func(string) string) {
	for i, v := range r[attribute] {
		r[attribute][i] = change(v)
	}
}

// withoutNames replaces names in a user's record. What is on every Mac stays.
func (r record) withoutNames(b *book) {
	name, uuid := r.first(standard+"RecordName"), r.first(standard+"GeneratedUID")
	if evidence.IsSystemUUID(uuid) {
		for _, other := range r[standard+"RecordName"] {
			b.system[other] = true
		}
	}
	r.each(standard+"RecordName", b.person)
	r.each(standard+"GeneratedUID", b.identifier)
	r.each(standard+"UserShell", shell)
	r.each(native+"IsHidden", flag)
	r.each(standard+"UniqueID", b.number)
	r.each(standard+"OriginalNodeName", b.node)
	if evidence.IsSystemUUID(uuid) {
		return
	}
	r.each(standard+"RealName", func(s string) string { return b.fullName(s, name) })
	r.each(standard+"NFSHomeDirectory", b.home)
}

// identifier replaces a UUID. What stands in its place and is none is a word.
func (b *book) identifier(s string) string {
	if s == "" || fiveGroups.FindString(s) != s {
		return b.word(s)
	}
	return b.uuid(s)
}

func (b *book) number(s string) string {
	if _, err := strconv.Atoi(s); err != nil {
		return b.word(s)
	}
	return s
}

// shell keeps what a shell in its usual place is called. It is not asked for
// anything but whether there is one.
func shell(s string) string {
	switch s {
	case "", "/usr/bin/false", "/bin/false", "/sbin/nologin", "/usr/sbin/nologin", "/usr/bin/nologin", "/dev/null",
		"/bin/sh", "/bin/bash", "/bin/zsh", "/bin/tcsh", "/bin/csh", "/bin/ksh", "/bin/dash", "/usr/sbin/uucico":
		return s
	}
	return "/bin/" + removed
}

// flag keeps what an account's IsHidden can be.
func flag(s string) string {
	switch strings.ToLower(s) {
	case "", "0", "1", "true", "false", "yes", "no":
		return s
	}
	return removed
}

// authorityTag keeps of an AuthenticationAuthority what kind it is. What follows
// can be a hash, a ticket's owner, a directory. Of the tags that are switched off
// only the one about Secure Tokens is read.
func authorityTag(v string) string {
	parts := strings.Split(v, ";")
	if len(parts) < 2 || parts[0] != "" {
		return removed
	}
	switch parts[1] {
	case "DisabledTags":
		tags := strings.FieldsFunc(strings.Join(parts[2:], ";"), func(r rune) bool { return r == ';' || r == ',' })
		if slices.Contains(tags, "SecureToken") {
			return ";DisabledTags;SecureToken"
		}
		return ";DisabledTags;"
	case "SecureToken", "LocalCachedUser", "DisabledUser", "ShadowHash", "Kerberosv5", "Kerberosv5Cert", "NetLogon", "PubkeyHash",
		"tokenidentity", "basic", "LocalWindowsHash", "SecureHash":
		return ";" + parts[1] + ";"
	}
	return ";" + removed + ";"
}

// passwordTimes keeps four dates and numbers of an accountPolicyData. The rest may
// be a password's history.
func passwordTimes(v string) string {
	all, ok := decoded[map[string]any]([]byte(v))
	if !ok {
		return removed
	}
	kept := map[string]any{}
	for _, key := range []string{"creationTime", "failedLoginCount", "failedLoginTimestamp", "passwordLastSetTime"} {
		switch n := all[key].(type) {
		case nil:
		case uint64:
			kept[key] = int64(n) // the decoder takes every integer for positive: this gives it its sign back
		case int64, float64, time.Time:
			kept[key] = n
		default:
			kept[key] = removed
		}
	}
	out, ok := written(kept)
	if !ok {
		return removed
	}
	return string(out)
}
