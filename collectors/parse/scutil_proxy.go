package parse

import (
	"strconv"
	"strings"

	"github.com/tokenward/tokenward/health/evidence"
)

// ScutilProxy reads scutil --proxy: how HTTPS is to travel where no network
// interface was asked for, so that __SCOPED__ is not read. documented: the keys
// (SystemConfiguration, kSCPropNetProxies…); inferred: that an automatic proxy
// comes before a manual one, and that HTTPS without a proxy of its own goes
// through a SOCKS proxy, which no evidence has words for: it is unreadable.
func ScutilProxy(out []byte) (evidence.Proxy, error) {
	all, err := lines(out)
	if err != nil {
		return evidence.Proxy{}, err
	}
	if all[0] != "<dictionary> {" {
		return evidence.Proxy{}, unreadable("it begins with %s", clip(all[0]))
	}
	top, err := scutilDictionary(all)
	if err != nil {
		return evidence.Proxy{}, err
	}
	exceptions, err := proxyExceptions(top)
	if err != nil {
		return evidence.Proxy{}, err
	}
	kind, err := proxyKind(top)
	if err != nil {
		return evidence.Proxy{}, err
	}
	proxy := evidence.Proxy{Kind: kind, Exceptions: exceptions}
	if kind == evidence.ManualProxy {
		proxy.Host = top.values["HTTPSProxy"]
		if proxy.Port, err = proxyPort(proxy.Host, top.values["HTTPSPort"]); err != nil {
			return evidence.Proxy{}, err
		}
	}
	return proxy, nil
}

// proxyKind looks at the switches. One that is not there is off.
func proxyKind(top *dictionary) (evidence.ProxyKind, error) {
	on := map[string]bool{}
	for _, name := range []string{"ProxyAutoConfigEnable", "ProxyAutoDiscoveryEnable", "HTTPSEnable", "SOCKSEnable"} {
		value, set := top.values[name]
		if set && value != "0" && value != "1" {
			return "", unreadable("%s is %s", name, clip(value))
		}
		on[name] = value == "1"
	}
	switch {
	case on["ProxyAutoConfigEnable"], on["ProxyAutoDiscoveryEnable"]:
		return evidence.AutomaticProxy, nil
	case on["HTTPSEnable"]:
		return evidence.ManualProxy, nil
	case on["SOCKSEnable"]:
		return "", unreadable("HTTPS travels through a SOCKS proxy")
	}
	return evidence.NoProxy, nil
}

// proxyPort checks what a manual proxy needs. configd puts a port in where the
// settings have none. documented (Apple's configd).
func proxyPort(host, port string) (int, error) {
	number, err := strconv.Atoi(port)
	if err != nil || number < 1 || number > 65535 || host == "" || strings.ContainsAny(host, " \t") {
		return 0, unreadable("the proxy %s, port %s", clip(host), clip(port))
	}
	return number, nil
}

// proxyExceptions are the hosts that are reached without the proxy, in their
// order; nil where there is no list.
func proxyExceptions(top *dictionary) ([]string, error) {
	var lists []*dictionary
	for _, inner := range top.children {
		if inner.key == "ExceptionsList" {
			lists = append(lists, inner)
		}
	}
	switch len(lists) {
	case 0:
		return nil, nil
	case 1:
		return listed(lists[0])
	}
	return nil, unreadable("two lists of exceptions")
}

// listed are the texts of an array, which stand behind their numbers from 0 on.
func listed(list *dictionary) ([]string, error) {
	texts := make([]string, 0, len(list.values))
	for i := range len(list.values) {
		value, ok := list.values[strconv.Itoa(i)]
		if !ok {
			return nil, unreadable("the entries of %s are no list", clip(list.key))
		}
		texts = append(texts, value)
	}
	return texts, nil
}
