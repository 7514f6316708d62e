package knowledge

import (
	"regexp"
	"strings"
)

// signs are the emoji that people write by name, as GitHub, Slack and Jekyll show them. Other names stay as they are:
// they may be a workspace's own, or no emoji at all.
var signs = map[string]string{
	"+1": "👍", "-1": "👎", "thumbsup": "👍", "thumbsdown": "👎", "ok_hand": "👌", "clap": "👏", "pray": "🙏", "wave": "👋", "muscle": "💪",
	"raised_hands": "🙌", "point_right": "👉", "point_down": "👇", "bow": "🙇", "shrug": "🤷", "thinking": "🤔", "smile": "😄", "smiley": "😃",
	"wink": "😉", "joy": "😂", "scream": "😱", "sob": "😭", "heart": "❤️", "eyes": "👀", "tada": "🎉", "rocket": "🚀", "boom": "💥", "fire": "🔥",
	"sparkles": "✨", "star": "⭐", "100": "💯", "warning": "⚠️", "rotating_light": "🚨", "no_entry": "⛔", "construction": "🚧", "lock": "🔒",
	"key": "🔑", "bulb": "💡", "memo": "📝", "pencil": "📝", "book": "📖", "books": "📚", "link": "🔗", "mag": "🔍", "bug": "🐛", "wrench": "🔧",
	"white_check_mark": "✅", "heavy_check_mark": "✔️", "x": "❌", "question": "❓", "exclamation": "❗", "information_source": "ℹ️",
	"bell": "🔔", "calendar": "📆", "email": "📧", "phone": "☎️", "evergreen_tree": "🌲", "seedling": "🌱", "us": "🇺🇸", "gb": "🇬🇧", "uk": "🇬🇧",
}

// signNames are names between colons, one after another, that stand by themselves: 12:30:45 holds none, nor does
// ":question:mark".
var (
	signNames = regexp.MustCompile(`(?:^|[\s(])(?::[a-z0-9_+-]+:)+(?:\W|$)`)
	signName  = regexp.MustCompile(`:[a-z0-9_+-]+:`)
)

// withSigns writes the emoji in a text that are given by name.
func withSigns(text string) string {
	one := func(name string) string {
		if sign, ok := signs[strings.Trim(name, ":")]; ok {
			return sign
		}
		return name
	}
	some := func(names string) string { return signName.ReplaceAllStringFunc(names, one) }
	return signNames.ReplaceAllStringFunc(signNames.ReplaceAllStringFunc(text, some), some) // as the space between two is of the first
}
