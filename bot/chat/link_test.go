package chat_test

import (
	"strings"
	"testing"

	"liaison/bot/chat"
)

func TestSafeURL(t *testing.T) {
	for address, want := range map[string]string{
		"https://www.gov.uk/guidance?a=b&c=d#e": "https://www.gov.uk/guidance?a=b&c=d#e",
		"HTTPS://WWW.GOV.UK":                    "HTTPS://WWW.GOV.UK",
		"mailto:help@example.gov.uk":            "mailto:help@example.gov.uk",
		"https://www.gov.uk/a|b>c<d\"e f`":      "https://www.gov.uk/a%7Cb%3Ec%3Cd%22e%20f%60",
		"":                                      "",
		"http://www.gov.uk/":                    "",
		"javascript:alert(1)":                   "",
		"JaVaScRiPt:alert(1)":                   "",
		"data:text/html,x":                      "",
		"file:///etc/passwd":                    "",
		"//evil.example/":                       "",
		"www.gov.uk":                            "",
		"https://":                              "",
		"https:///path":                         "",
		"https:www.gov.uk":                      "",
		"https://www.gov.uk@evil.example/":      "",
		"https://www.gov.uk\\@evil.example/":    "",
		"https://www.gov.uk/\u202egpj.exe":      "",
		"https://www.gov.uk/\nSet-Cookie: x":    "",
		"https://www.gov.uk/\u2003x":            "",
		"https://www.gov.uk/\u00a0x":            "",
		"mailto:":                               "",
		" https://www.gov.uk/":                  "",
	} {
		if got := chat.SafeURL(address); got != want {
			t.Errorf("SafeURL(%q) is %q; want %q", address, got, want)
		}
	}
}

func TestMisleads(t *testing.T) {
	for _, test := range []struct {
		words, address string
		want           bool
	}{
		{"Service manual", "https://www.gov.uk/service-manual", false},
		{"www.gov.uk", "https://www.gov.uk/service-manual", false},
		{"https://gov.uk/x", "https://www.gov.uk/service-manual", false},
		{"gov.uk", "https://evil.example/", true},
		{"https://www.gov.uk/", "https://evil.example/", true},
		{"https://evil.example", "https://www.gov.uk/", true},
		{"gov.uk", "https://gov.uk.evil.example/", true},
		{"x@gov.uk", "mailto:x@gov.uk", false},
		{"x@gov.uk", "mailto:thief@evil.example", true},
		{"gov\u200b.uk", "https://evil.example/", true},
		{"version 2.0", "https://www.gov.uk/", false},
		{"v2.0", "https://www.gov.uk/", false},
		{"README.md", "https://www.gov.uk/readme", true},
		{"", "https://www.gov.uk/", false},
	} {
		if got := chat.Misleads(test.words, test.address); got != test.want {
			t.Errorf("Misleads(%q, %q) is %v", test.words, test.address, got)
		}
	}
}

func TestAddress(t *testing.T) {
	for address, want := range map[string]string{
		"https://www.gov.uk/a b":     "https://www.gov.uk/a%20b",
		"mailto:help@example.gov.uk": "help@example.gov.uk",
		"http://www.example.gov/old": "http://www.example.gov/old",
		"http://x@evil.example/":     "",
		"javascript:alert(1)":        "",
	} {
		if got := chat.Address(address); got != want {
			t.Errorf("Address(%q) is %q; want %q", address, got, want)
		}
	}
}

// A link that is called safe ends nowhere before its end, on any platform.
func FuzzSafeURL(f *testing.F) {
	f.Add("https://www.gov.uk/a|b>c")
	f.Add("mailto:a<b>@c")
	f.Fuzz(func(t *testing.T, address string) {
		safe := chat.SafeURL(address)
		if safe == "" {
			return
		}
		if strings.ContainsAny(safe, "<>|\"`\\ \n\r\t") || safe != chat.Clean(safe) {
			t.Errorf("%q is called safe", safe)
		}
		lower := strings.ToLower(safe)
		if !strings.HasPrefix(lower, "https://") && !strings.HasPrefix(lower, "mailto:") {
			t.Errorf("%q is called safe", safe)
		}
		if again := chat.SafeURL(safe); again != safe {
			t.Errorf("%q becomes %q the second time", safe, again)
		}
		chat.Misleads(address, safe)
	})
}
