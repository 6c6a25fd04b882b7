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
	list, ok := top.child("ExceptionsList")
	if !ok {
		return nil, nil
	}
	return listed(list)
}

// listed are the texts of an array, which stand behind their numbers.
func listed(list *dictionary) ([]string, error) {
	if !list.array || len(list.children) > 0 {
		return nil, unreadable("%s is no list of texts", clip(list.key))
	}
	texts := make([]string, 0, len(list.values))
	for i := range len(list.values) {
		texts = append(texts, list.values[strconv.Itoa(i)])
	}
	return texts, nil
}
