package parse

import (
	"math"
	"time"

	"github.com/tokenward/tokenward/health/evidence"
	"github.com/tokenward/tokenward/internal/plistx"
)

// DirectoryPasswords reads dscl -plist . -readall /Users RecordName
// accountPolicyData. Accounts without that attribute are left out.
func DirectoryPasswords(out []byte) ([]evidence.PasswordRecord, error) {
	passwords := []evidence.PasswordRecord{}
	err := eachRecord(out, func(r record) error {
		name, data := r.first("RecordName"), r["dsAttrTypeNative:accountPolicyData"]
		switch {
		case name == "":
			return unreadable("a record without a name")
		case len(data) > 1:
			return unreadable("the policy data of %s stands there %d times", clip(name), len(data))
		case len(data) == 0:
			return nil
		}
		password, err := passwordRecord(name, data[0])
		passwords = append(passwords, password)
		return err
	})
	if err != nil {
		return nil, err
	}
	return passwords, nil
}

// policyData is a property list within a string. observed (10.14, 26): these keys,
// with seconds since 1970. It may hold a history of passwords as well: nothing
// else of it is decoded.
type policyData struct {
	Created    policyNumber `plist:"creationTime"`
	Set        policyNumber `plist:"passwordLastSetTime"`
	Failed     policyNumber `plist:"failedLoginCount"`
	LastFailed policyNumber `plist:"failedLoginTimestamp"`
}

func passwordRecord(name, list string) (evidence.PasswordRecord, error) {
	var data policyData
	if err := plistx.Decode([]byte(list), &data); err != nil {
		return evidence.PasswordRecord{}, unreadable("the policy data of %s: %v", clip(name), err)
	}
	for _, n := range []policyNumber{data.Created, data.Set, data.Failed, data.LastFailed} {
		if !n.plausible() {
			return evidence.PasswordRecord{}, unreadable("the policy data of %s holds the number %v", clip(name), float64(n))
		}
	}
	if data.Failed != policyNumber(math.Trunc(float64(data.Failed))) {
		return evidence.PasswordRecord{}, unreadable("%v wrong passwords of %s", float64(data.Failed), clip(name))
	}
	return evidence.PasswordRecord{
		Name: name, Created: data.Created.time(), Set: data.Set.time(),
		Failed: int(data.Failed), LastFailed: data.LastFailed.time(),
	}, nil
}

// A policyNumber is a real or an integer: the same key is the one on one Mac and
// the other on the next. observed (26): whole numbers where nothing failed.
type policyNumber float64

// UnmarshalPlist accepts both kinds of numbers.
func (n *policyNumber) UnmarshalPlist(decode func(any) error) error {
	var number float64
	if err := decode(&number); err == nil {
		*n = policyNumber(number)
		return nil
	}
	var whole int64
	if err := decode(&whole); err != nil {
		return err
	}
	*n = policyNumber(whole)
	return nil
}

// plausible refuses what is before 1970 or after 2106, and what is no number.
func (n policyNumber) plausible() bool { return n >= 0 && n <= math.MaxUint32 }

// time is the zero time where none is noted.
func (n policyNumber) time() time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(math.Round(float64(n) * 1e6))).UTC()
}
