package knowledge

import "regexp"

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

// signName is a name between colons, with what stands before it: 12:30:45 holds none.
var signName = regexp.MustCompile(`(?:^|[\s(]):[a-z0-9_+-]+:`)

// withSigns writes the emoji in a text that are given by name.
func withSigns(text string) string {
	return signName.ReplaceAllStringFunc(text, func(found string) string {
		before := ""
		if found[0] != ':' {
			before, found = found[:1], found[1:]
		}
		if sign, ok := signs[found[1:len(found)-1]]; ok {
			found = sign
		}
		return before + found
	})
}
