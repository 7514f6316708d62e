package chattest

import (
	"fmt"
	"strings"
	"time"

	"liaison/bot/chat"
)

// Case is one canonical reply, with the event it answers.
type Case struct {
	Name  string // lower-case words with hyphens: it names golden files
	Event chat.Event
	Reply chat.Reply
}

// Gallery returns the canonical replies: between them every Block and every field, and the worst
// that anybody could put into them. The people and the guidance in it are invented.
func Gallery() []Case {
	return []Case{
		{"answer", asked("How do we store secrets?"), answer()},
		{"answer-short", asked("How often must a service be assessed?"), answerShort()},
		{"maybe", asked("What about laptops?"), maybe()},
		{"not-found", asked("Who feeds the office cat?"), notFound()},
		{"compare", asked("compare accessibility"), compare()},
		{"define", asked("define ATO"), define()},
		{"people", asked("who procurement"), people()},
		{"items", asked("exchange"), items()},
		{"facts", asked("profile"), facts()},
		{"receipt", asked("reindex"), receipt()},
		{"notice-info", asked("forget me"), reply(chat.Note(chat.Info, "Everything held about you has been erased: 3 questions and 1 vote."))},
		{"notice-warning", asked("reindex"), reply(chat.Note(chat.Warning, "2 files could not be read, so what they say is missing from answers."))},
		{"notice-failure", asked("How do we store secrets?"), reply(chat.Note(chat.Failure, "Something went wrong on our side (ref 7F3A). Ask again in a minute; your question is kept."))},
		{"working", asked("How do we store secrets?"), reply(chat.Note(chat.Info, "Still working on it."))},
		{"choice", asked("define sprint"), choice()},
		{"form", asked("offer"), chat.Reply{Form: form()}},
		{"form-problems", sent(map[string]string{"what": "", "effort": "a year"}), formProblems()},
		{"private", asked("How do we store secrets?"), private()},
		{"replaces", pressed("unhelpful:17"), replaces()},
		{"styles", asked("How is text shown?"), styles()},
		{"links", asked("Where do links lead?"), links()},
		{"long-answer", asked("Tell me everything about discovery"), longAnswer()},
		{"long-word", asked("What is the longest word?"), longWord()},
		{"many", asked("List everything"), many()},
		{"hostile", asked(hostile), hostileText()},
		{"hostile-everywhere", asked(hostile), hostileEverywhere()},
		{"right-to-left", asked("כיצד מאחסנים סודות?"), rightToLeft()},
		{"emoji", asked("🌲"), emoji()},
		{"empty-strings", asked(""), emptyStrings()},
	}
}

// GalleryTime is the time of every event in the gallery, and what its times are reckoned from.
var GalleryTime = time.Date(2026, time.March, 16, 14, 30, 0, 0, time.UTC)

func asked(text string) chat.Event {
	return chat.Event{
		ID: "delivery-1", Kind: chat.KindMessage, At: GalleryTime, Platform: "gallery", Workspace: "local",
		Actor: chat.Actor{
			Account: chat.Account{Platform: "gallery", Workspace: "local", User: "ada"}, Name: "Ada Example",
			Zone: "Europe/London", Locale: "en-GB", Standing: chat.StandingMember, Organisation: "gds",
		},
		Room:      chat.Room{ID: "room-1", Thread: "thread-1", Name: "help", Scope: chat.ScopeStaff, Organisation: "gds"},
		Message:   "message-1",
		Addressed: true,
		Text:      text,
	}
}

func pressed(action string) chat.Event {
	e := asked("")
	e.Kind, e.Action = chat.KindAction, action
	return e
}

func sent(values map[string]string) chat.Event {
	e := pressed("offer:new")
	e.Kind, e.Values = chat.KindForm, values
	return e
}

func reply(blocks ...chat.Block) chat.Reply { return chat.Reply{Blocks: blocks} }

func text(paragraphs ...chat.Paragraph) chat.Text { return chat.Text{Paragraphs: paragraphs} }

func bold(words string) chat.Inline { return chat.Inline{Text: words, Strong: true} }

func mail(address string) *chat.Inline {
	return &chat.Inline{Text: address, URL: "mailto:" + address}
}

// votes are the buttons under every answer.
func votes(more ...chat.Action) chat.Actions {
	return chat.Actions{Actions: append([]chat.Action{
		{ID: "helpful:17", Label: "Helpful", Vote: 1},
		{ID: "unhelpful:17", Label: "Not helpful", Vote: -1},
	}, more...)}
}

const secretsPassage = `Keep secrets out of source code. Use your cloud provider's secret store, and let each service read only what it needs [1].

- Rotate a secret at once when somebody leaves
  - and tell the team that runs the service
- Never send one by chat or mail

1. Find out what the secret opens
2. Change it
3. Look for its use in the logs

Kind | Where it lives | Rotated
Database password | secret store | every 90 days
Signing key | hardware module | every year

` + "```\nsecrets get payments/database \\\n  --as \"$SERVICE\"\n```"

func answer() chat.Reply {
	paragraphs := append([]chat.Paragraph{{Kind: chat.Heading, Inlines: []chat.Inline{{Text: "Storing secrets › In the cloud"}}}},
		chat.Passage(secretsPassage, []string{"secret", "secrets"})...)
	other := chat.Paragraph{Inlines: []chat.Inline{
		{Text: "Across the Atlantic: the 18F handbook covers this too, in "},
		{Text: "Handling credentials", URL: "https://handbook.example.gov/credentials/#handling"}, {Text: " [2]."},
	}}
	where := chat.Paragraph{Inlines: []chat.Inline{
		bold("Where to ask: "), {Text: "#security-help", URL: "https://chat.example.gov.uk/channels/security-help"},
		{Text: " or "}, *mail("security@example.gov.uk"), {Text: "."},
	}}
	return reply(
		chat.Text{Paragraphs: paragraphs},
		chat.Sources{Sources: []chat.Source{
			{Number: 1, Title: "How to store credentials", Heading: "Storing secrets › In the cloud",
				URL: "https://way.example.gov.uk/standards/storing-credentials.html#in-the-cloud", Organisation: "GDS",
				Age: "reviewed 14 Mar 2026", Stamp: "your organisation's guidance", Binds: "all GDS teams", Owner: "#way-owners",
				Licence: "Contains public sector information licensed under the Open Government Licence v3.0."},
			{Number: 2, Title: "Handling credentials", URL: "https://handbook.example.gov/credentials/#handling", Organisation: "18F",
				Age: "not reviewed for 2 years", Stamp: "archived"},
			{Number: 3, Title: "Notes on rotating keys", Organisation: "PIF", Stamp: "another organisation's practice"},
		}},
		text(other), text(where),
		votes(
			chat.Action{ID: "person:17", Label: "Ask a person", Style: chat.Primary},
			chat.Action{ID: "who:17", Label: "Who knows"},
			chat.Action{ID: "more:17", Label: "Show more"},
			chat.Action{ID: "erase:17", Label: "Forget this question", Style: chat.Danger, Confirm: "Erase this question and its answer for good?"},
			chat.Action{ID: "page:17", Label: "Open the page", URL: "https://way.example.gov.uk/standards/storing-credentials.html"},
		),
	)
}

func answerShort() chat.Reply {
	return reply(
		text(chat.Paragraph{Quoted: true, Inlines: []chat.Inline{
			{Text: "A "}, {Text: "service", Mark: true}, {Text: " is "}, {Text: "assessed", Mark: true}, {Text: " at the end of each phase [1]."}}}),
		chat.Sources{Sources: []chat.Source{{Number: 1, Title: "Service assessments", Organisation: "GDS", Age: "reviewed 2 Feb 2026",
			URL: "https://www.example.gov.uk/service-assessments"}}},
		votes(),
	)
}

func maybe() chat.Reply {
	return reply(
		chat.Note(chat.Warning, "This may not be what you asked: no page is about laptops alone, and this one only mentions them."),
		text(chat.Paragraph{Quoted: true, Inlines: []chat.Inline{{Text: "Lock your screen when you leave your desk, and report a lost laptop within the hour [1]."}}}),
		chat.Sources{Sources: []chat.Source{{Number: 1, Title: "Working safely", Heading: "Devices", Organisation: "USDS",
			URL: "https://example.gov/safely#devices", Stamp: "another organisation's practice"}}},
		votes(chat.Action{ID: "person:18", Label: "Ask a person", Style: chat.Primary}),
	)
}

func notFound() chat.Reply {
	return reply(
		chat.Say("I found nothing close enough to answer this. Nothing in what I have read mentions “feeds” together with “cat”."),
		chat.Items{Title: "Places to ask", Items: []chat.Item{
			{Title: "#facilities", URL: "https://chat.example.gov.uk/channels/facilities", Detail: "looks after the building"},
			{Title: "The service desk", Detail: "desk hours are 09:00 to 17:00"},
		}},
		chat.Actions{Actions: []chat.Action{
			{ID: "person:19", Label: "Ask a person", Style: chat.Primary},
			{ID: "rephrase:19", Label: "Ask in other words"},
		}},
	)
}

func compare() chat.Reply {
	heading := func(words string) chat.Paragraph {
		return chat.Paragraph{Kind: chat.Heading, Inlines: []chat.Inline{{Text: words}}}
	}
	return reply(
		text(heading("GDS: your organisation's guidance"), quoted("Meet level AA of WCAG 2.2 and publish an accessibility statement [1].")),
		text(heading("18F: archived"), quoted("Test with a keyboard and a screen reader before every release [2].")),
		text(
			heading("Side by side"),
			chat.Paragraph{Kind: chat.Row, Header: true, Cells: [][]chat.Inline{{{Text: "What"}}, {{Text: "GDS"}}, {{Text: "18F"}}}},
			chat.Paragraph{Kind: chat.Row, Cells: [][]chat.Inline{{{Text: "Standard"}}, {{Text: "WCAG 2.2 AA"}}, {{Text: "Section 508"}}}},
			chat.Paragraph{Kind: chat.Row, Cells: [][]chat.Inline{{{Text: "Published"}}, {bold("a statement"), {Text: " a service"}}, nil}},
		),
		chat.Sources{Sources: []chat.Source{
			{Number: 1, Title: "Making services accessible", URL: "https://www.example.gov.uk/accessible", Organisation: "GDS", Stamp: "your organisation's guidance", Binds: "public sector bodies"},
			{Number: 2, Title: "Accessibility guide", URL: "https://accessibility.example.gov/", Organisation: "18F", Stamp: "archived"},
		}},
		chat.Note(chat.Info, "USDS and PIF: nothing close was found."),
	)
}

func quoted(words string) chat.Paragraph {
	return chat.Paragraph{Quoted: true, Inlines: []chat.Inline{{Text: words}}}
}

func define() chat.Reply {
	return reply(
		text(chat.Paragraph{Inlines: []chat.Inline{bold("ATO"), {Text: " (authority to operate): the decision that a system may run, and that its risks are accepted."}}}),
		chat.Facts{Title: "Nearest equivalents", Facts: []chat.Fact{
			{Label: "GDS", Value: chat.Inline{Text: "a security assurance sign-off", URL: "https://www.example.gov.uk/assurance"}},
			{Label: "USDS", Value: chat.Inline{Text: "ATO"}},
		}},
	)
}

func people() chat.Reply {
	return reply(
		chat.People{People: []chat.Person{
			{Name: "Grace Example", Organisation: "18F", Role: "Contracting officer",
				Reasons: []chat.Paragraph{
					{Inlines: []chat.Inline{{Text: "Wrote "}, {Text: "Buying in small pieces", URL: "https://example.gov/buying"}, {Text: ", reviewed in January 2026"}}},
					chat.Line("Offered help with procurement last week"),
				},
				Times: "10:30 there now; you are both at work 14:00 to 17:00 your time", Contact: mail("grace@example.gov"),
				Actions: []chat.Action{{ID: "introduce:5", Label: "Introduce me", Style: chat.Primary, Confirm: "Ask Grace Example whether she would like to talk?"}}},
			{Name: "The commercial team", Organisation: "GDS", Reasons: []chat.Paragraph{chat.Line("Owns 12 pages about procurement")}},
		}},
		chat.Note(chat.Info, "People are listed because they said yes."),
	)
}

func items() chat.Reply {
	return reply(chat.Items{Title: "Open on the exchange", Items: []chat.Item{
		{Title: "Offer: a review of your content design", URL: "https://liaison.example.gov.uk/exchange/3", Detail: "GDS, half a day", Time: GalleryTime.AddDate(0, 0, -3),
			Actions: []chat.Action{{ID: "claim:3", Label: "I would like this", Style: chat.Primary}}},
		{Title: "Need: somebody who has replaced a mainframe", Detail: "USDS, an hour", Time: GalleryTime.AddDate(0, 0, 14),
			Actions: []chat.Action{{ID: "claim:4", Label: "I can help", Style: chat.Primary}, {ID: "same:4", Label: "We need this too"}}},
		{Title: "Idea: one glossary for all of us"},
	}})
}

func facts() chat.Reply {
	return reply(chat.Facts{Title: "What I know about you", Facts: []chat.Fact{
		{Label: "Name", Value: chat.Inline{Text: "Ada Example"}},
		{Label: "Organisation", Value: chat.Inline{Text: "GDS", URL: "https://www.example.gov.uk/gds"}},
		{Label: "Mail", Value: *mail("ada@example.gov.uk")},
		{Label: "Asked last", Value: chat.Inline{Text: "today at 14:30", Time: GalleryTime}},
		{Label: "Reach", Value: bold("all staff")},
	}}, chat.Actions{Actions: []chat.Action{{ID: "profile:1", Label: "Change"}}})
}

func receipt() chat.Reply {
	return reply(
		chat.Facts{Title: "Index rebuilt", Facts: []chat.Fact{
			{Label: "Read", Value: chat.Inline{Text: "2,401 files of 27 sources"}},
			{Label: "Skipped", Value: chat.Inline{Text: "2 files"}},
		}},
		chat.Items{Title: "Skipped", Items: []chat.Item{
			{Title: "guidance/gds/budget.md", Detail: "line 3: visibility \"secret\" is not known: use public, staff or org:<id>"},
			{Title: "guidance/usds/scan.md", Detail: "not text"},
		}},
		chat.Actions{Actions: []chat.Action{{ID: "undo:8", Label: "Undo", Style: chat.Danger, Confirm: "Go back to the index of yesterday?"}}},
	)
}

func choice() chat.Reply {
	return reply(chat.Choice{Action: "pick:21", Prompt: "Which sprint do you mean?", Options: []chat.Option{
		{Value: "agile", Label: "A sprint of a team", Hint: "one or two weeks of work"},
		{Value: "design", Label: "A design sprint", Hint: "five days from question to tested prototype"},
		{Value: "discovery", Label: "A discovery sprint"},
	}})
}

func form() *chat.Form {
	return &chat.Form{
		Action: "offer:new", Title: "Offer your help", Submit: "Post it", Intro: "Everybody on the exchange can read it for 30 days.",
		Fields: []chat.Field{
			{ID: "what", Label: "What do you offer?", Hint: "A review, a talk, an hour of your time", Kind: chat.FieldLine, Required: true, Value: "A review", Max: 150, Question: true},
			{ID: "more", Label: "Anything to add?", Kind: chat.FieldLong, Max: 1000},
			{ID: "effort", Label: "How much time?", Kind: chat.FieldChoice, Required: true, Options: []chat.Option{
				{Value: "hour", Label: "An hour"}, {Value: "half", Label: "Half a day", Hint: "three hours or so"}, {Value: "day", Label: "A day"}}},
		},
	}
}

func formProblems() chat.Reply {
	return chat.Reply{Form: form(), Problems: map[string]string{
		"what":   "Say what you offer, in a few words.",
		"effort": "At most a day: longer help is agreed between the two of you.",
	}}
}

func private() chat.Reply {
	return chat.Reply{Private: true, Blocks: []chat.Block{
		chat.Say("Staff guidance says to keep them in the shared vault [1]."),
		chat.Sources{Sources: []chat.Source{{Number: 1, Title: "The shared vault", Organisation: "GDS", Stamp: "your organisation's guidance"}}},
		chat.Actions{Actions: []chat.Action{{ID: "share:22", Label: "Share with the channel", Confirm: "Everybody in the channel will see this answer."}}},
	}}
}

func replaces() chat.Reply {
	return chat.Reply{Replaces: true, Blocks: []chat.Block{
		chat.Note(chat.Info, "Thank you. What was wrong with it?"),
		chat.Actions{Actions: []chat.Action{{ID: "why:17", Label: "Out of date"}, {ID: "whynot:17", Label: "Hard to follow"}}},
	}}
}

func styles() chat.Reply {
	return reply(text(
		chat.Paragraph{Kind: chat.Heading, Inlines: []chat.Inline{{Text: "Every kind of paragraph"}}},
		chat.Paragraph{Inlines: []chat.Inline{{Text: "Plain, "}, bold("strong"), {Text: ", "}, {Text: "code()", Code: true}, {Text: ", "},
			{Text: "marked", Mark: true}, {Text: ", "}, {Text: "strong and marked", Strong: true, Mark: true}, {Text: ", "},
			{Text: "a link", URL: "https://www.example.gov.uk/a?b=c&d=e#f"}, {Text: ", "},
			{Text: "strong link", URL: "https://www.example.gov.uk/strong", Strong: true}, {Text: ", "},
			{Text: "code link", URL: "https://www.example.gov.uk/code", Code: true}, {Text: ", un"}, bold("break"), {Text: "able, and a time: "},
			{Text: "16 March 2026 at 14:30 UTC", Time: GalleryTime}, {Text: "."}}},
		chat.Paragraph{Inlines: []chat.Inline{{Text: "One line\nand the next."}}},
		chat.Paragraph{Kind: chat.Bullet, Inlines: []chat.Inline{{Text: "A bullet"}}},
		chat.Paragraph{Kind: chat.Bullet, Level: 1, Inlines: []chat.Inline{{Text: "one deeper"}}},
		chat.Paragraph{Kind: chat.Bullet, Level: 2, Inlines: []chat.Inline{{Text: "two deeper"}}},
		chat.Paragraph{Kind: chat.Number, Number: 9, Inlines: []chat.Inline{{Text: "ninth"}}},
		chat.Paragraph{Kind: chat.Number, Number: 10, Inlines: []chat.Inline{{Text: "tenth"}}},
		chat.Paragraph{Kind: chat.Number, Level: 1, Number: 1, Inlines: []chat.Inline{{Text: "first below it"}}},
		chat.Paragraph{Kind: chat.Code, Inlines: []chat.Inline{{Text: "for x in *.md; do\n    echo \"$x\"   # three spaces before\ndone"}}},
		chat.Paragraph{Kind: chat.Row, Header: true, Cells: [][]chat.Inline{{{Text: "Column"}}, {{Text: "Another"}}}},
		chat.Paragraph{Kind: chat.Row, Cells: [][]chat.Inline{{bold("cell")}, {{Text: "linked", URL: "https://www.example.gov.uk/cell"}}}},
		chat.Paragraph{Kind: chat.Bullet, Quoted: true, Inlines: []chat.Inline{{Text: "A bullet, quoted"}}},
		quoted("A quotation, as written."),
	))
}

func links() chat.Reply {
	var paragraphs []chat.Paragraph
	for _, link := range []chat.Inline{
		{Text: "https://www.gov.uk/guidance", URL: "https://evil.example/login"},
		{Text: "gov.uk", URL: "https://evil.example/login"},
		{Text: "help@example.gov.uk", URL: "mailto:thief@evil.example"},
		{Text: "a script", URL: "javascript:alert(document.cookie)"},
		{Text: "data", URL: "data:text/html,<script>alert(1)</script>"},
		{Text: "a file", URL: "file:///etc/passwd"},
		{Text: "not secure", URL: "http://www.example.gov.uk/"},
		{Text: "with a user name", URL: "https://www.gov.uk@evil.example/"},
		{Text: "no host", URL: "https:///path"},
		{Text: "breaks out", URL: "https://www.example.gov.uk/a|b>c<d)e](f\"g h"},
		{Text: "] (https://evil.example) [", URL: "https://www.example.gov.uk/brackets"},
		{Text: "a|b>c", URL: "https://www.example.gov.uk/pipe"},
		{Text: "https://www.example.gov.uk/itself", URL: "https://www.example.gov.uk/itself"},
	} {
		paragraphs = append(paragraphs, chat.Paragraph{Kind: chat.Bullet, Inlines: []chat.Inline{link}})
	}
	return reply(chat.Text{Paragraphs: paragraphs})
}

// longAnswer is longer than any platform takes in one message, with words that show what is lost.
func longAnswer() chat.Reply {
	var paragraphs []chat.Paragraph
	for i := range 60 {
		words := make([]string, 60)
		for j := range words {
			words[j] = fmt.Sprintf("p%02dw%02d", i, j)
		}
		paragraphs = append(paragraphs, chat.Line(strings.Join(words, " ")+"."))
	}
	code := make([]string, 300)
	for i := range code {
		code[i] = fmt.Sprintf("line%03d := \"` || ** __ ~~ ``` %d\"", i, i)
	}
	table := []chat.Paragraph{{Kind: chat.Row, Header: true, Cells: [][]chat.Inline{{{Text: "Row"}}, {{Text: "Value"}}}}}
	for i := range 150 {
		table = append(table, chat.Paragraph{Kind: chat.Row, Cells: [][]chat.Inline{{{Text: fmt.Sprintf("row%03d", i)}}, {{Text: fmt.Sprintf("value%03d", i)}}}})
	}
	return reply(
		chat.Text{Paragraphs: paragraphs},
		text(chat.Paragraph{Kind: chat.Code, Inlines: []chat.Inline{{Text: strings.Join(code, "\n")}}}),
		chat.Text{Paragraphs: table},
		chat.Sources{Sources: []chat.Source{{Number: 1, Title: "The end of it", URL: "https://www.example.gov.uk/end"}}},
		votes(),
	)
}

// longWord is one word of 40,000 characters without a place to break it.
func longWord() chat.Reply {
	var word strings.Builder
	for i := 0; word.Len() < 40_000; i++ {
		fmt.Fprintf(&word, "%05dabcde", i)
	}
	return reply(chat.Say(word.String()[:40_000]), votes())
}

// many has more of everything than platforms take in one message.
func many() chat.Reply {
	var items []chat.Item
	var sources []chat.Source
	var people []chat.Person
	var facts []chat.Fact
	var options []chat.Option
	var actions []chat.Action
	for i := range 70 {
		items = append(items, chat.Item{Title: fmt.Sprintf("item-%02d", i), Detail: fmt.Sprintf("detail-%02d", i),
			Actions: []chat.Action{{ID: fmt.Sprintf("claim:%d", i), Label: fmt.Sprintf("Claim item-%02d", i)}}})
		facts = append(facts, chat.Fact{Label: fmt.Sprintf("label-%02d", i), Value: chat.Inline{Text: fmt.Sprintf("value-%02d", i)}})
	}
	for i := range 30 {
		sources = append(sources, chat.Source{Number: i + 1, Title: fmt.Sprintf("source-%02d", i), URL: fmt.Sprintf("https://www.example.gov.uk/source-%02d", i)})
		people = append(people, chat.Person{Name: fmt.Sprintf("Person-%02d Example", i), Organisation: "GDS",
			Actions: []chat.Action{{ID: fmt.Sprintf("introduce:%d", i), Label: fmt.Sprintf("Introduce me to %02d", i)}}})
		options = append(options, chat.Option{Value: fmt.Sprintf("o%02d", i), Label: fmt.Sprintf("option-%02d", i)})
		actions = append(actions, chat.Action{ID: fmt.Sprintf("do:%d", i), Label: fmt.Sprintf("Do-%02d", i)})
	}
	return reply(chat.Items{Title: "Many items", Items: items}, chat.Sources{Sources: sources}, chat.People{People: people},
		chat.Facts{Title: "Many facts", Facts: facts}, chat.Choice{Action: "pick:many", Prompt: "Choose one of many", Options: options},
		chat.Actions{Actions: actions})
}

// hostile is what no text may achieve on any platform.
const hostile = "@everyone @here <!channel> <!here> <!everyone|hi> <!subteam^S1|team> <@U1> <@U1|ada> <#C1|general> <@123> <@!123> <@&123> <#123> " +
	"</ask:123> <id:customize> <:wave:123> <a:wave:123> <t:1:R> <!date^1^{date}^https://evil.example|today> " +
	"[gov.uk](https://evil.example) <https://evil.example|gov.uk> [x]: https://evil.example javascript:alert(1) https://evil.example/preview " +
	"`code` ``more`` ```\nfence\n``` *bold* **bold** _it_ __under__ ~strike~ ~~strike~~ ||spoiler|| \\*escaped\\* &lt;!channel&gt; &amp; & < > " +
	"\x1b[2J\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07link\x1b]8;;\x07 \x1b]0;title\x07 \u009b31m bell\x07 back\x08space nul\x00 \r return " +
	"\u202eright-to-left override\u202c \u2066isolate\u2069 zero\u200bwidth\u200djoined\ufeff soft\u00adhyphen " +
	"tags\U000e0041\U000e0042 filler\u3164\u115f invalid\xff\xfe \u2028line separator\u2029 " +
	"@\u200beveryone <\u200b!channel> query AND title:* ~2 \"phrase\" %s %d {{template}} $(whoami) '; DROP TABLE x; --"

// hostileLines are hostile at the start of a line, where Markdown has more powers.
const hostileLines = "# heading\n## heading\n-# small\n> quote\n>>> quote all\n- bullet\n* bullet\n+ bullet\n1. number\n    code\n---\n===\n| a | b |\n|---|---|\n@everyone\n<!channel>\n```\nfence"

func hostileText() chat.Reply {
	return reply(
		text(
			chat.Line(hostile), chat.Line(hostileLines), quoted(hostile),
			chat.Paragraph{Kind: chat.Heading, Inlines: []chat.Inline{{Text: hostile}}},
			chat.Paragraph{Kind: chat.Bullet, Inlines: []chat.Inline{{Text: hostile, Strong: true, Mark: true}}},
			chat.Paragraph{Kind: chat.Code, Inlines: []chat.Inline{{Text: hostile + "\n```\n@everyone <!channel>"}}},
			chat.Paragraph{Inlines: []chat.Inline{{Text: hostile, Code: true}}},
			chat.Paragraph{Inlines: []chat.Inline{{Text: "@every"}, bold("one"), {Text: " <!chan"}, {Text: "nel>", Mark: true}, {Text: " [gov.uk]"}, {Text: "(https://evil.example)"}}},
			chat.Paragraph{Kind: chat.Row, Header: true, Cells: [][]chat.Inline{{{Text: hostile}}, {{Text: "a | b"}}}},
			chat.Paragraph{Kind: chat.Row, Cells: [][]chat.Inline{{{Text: hostileLines}}, {{Text: "c || d"}}}},
		),
		chat.Note(chat.Warning, hostile),
	)
}

// hostileEverywhere puts hostile text into every field that can hold text of documents or people.
func hostileEverywhere() chat.Reply {
	short := func(s string, n int) string { // within the limits that those who make replies keep
		runes := []rune(strings.ToValidUTF8(s, ""))
		return string(runes[:min(n, len(runes))])
	}
	link := chat.Inline{Text: hostile, URL: "https://www.example.gov.uk/" + "a_b*c~d`e"}
	return reply(
		chat.Sources{Sources: []chat.Source{{Number: 1, Title: hostile, Heading: hostile, URL: "https://www.example.gov.uk/?a=@everyone&b=<!channel>",
			Organisation: "@everyone", Age: "<!channel>", Stamp: hostile, Binds: hostile, Owner: "<@U1> @here", Licence: hostile}}},
		chat.People{People: []chat.Person{{Name: "@everyone <!channel> " + hostileLines, Organisation: "<@U1>", Role: hostile,
			Reasons: []chat.Paragraph{chat.Line(hostile), {Inlines: []chat.Inline{link}}}, Times: hostile, Contact: &link,
			Actions: []chat.Action{{ID: "introduce:1", Label: "<!channel> @everyone", Confirm: short(hostile, 200)}}}}},
		chat.Items{Title: hostile, Items: []chat.Item{{Title: hostile, URL: "https://www.example.gov.uk/item", Detail: hostile}, {Title: hostileLines, Detail: hostileLines}}},
		chat.Facts{Title: hostile, Facts: []chat.Fact{{Label: hostile, Value: chat.Inline{Text: hostile}}, {Label: "link", Value: link}}},
		chat.Choice{Action: "pick:1", Prompt: hostile, Options: []chat.Option{
			{Value: "a", Label: short(hostile, 75), Hint: short(hostile, 75)}, {Value: "b", Label: "**b** `b` <@U1>"}}},
		chat.Actions{Actions: []chat.Action{{ID: "do:1", Label: "||x|| [gov](https://e.x)"}}},
	)
}

func rightToLeft() chat.Reply {
	return reply(
		text(
			chat.Line("שומרים סודות מחוץ לקוד המקור (ATO נדרש) [1]."),
			chat.Paragraph{Kind: chat.Bullet, Inlines: []chat.Inline{{Text: "احفظ الأسرار خارج الشيفرة"}}},
		),
		chat.Sources{Sources: []chat.Source{{Number: 1, Title: "אחסון סודות", URL: "https://www.example.gov.il/secrets", Organisation: "ישראל דיגיטלית"}}},
		votes(),
	)
}

func emoji() chat.Reply {
	return reply(chat.Say("🌲 saves a thread. 👍🏽 👩‍💻 🇬🇧 🇺🇸 1️⃣ ☑️ 한국어 日本語 e\u0301 ﷽"),
		chat.Items{Title: "🌲🌲", Items: []chat.Item{{Title: "🧑‍🤝‍🧑", Detail: "✅"}}})
}

// emptyStrings leaves empty everything that can be; only "Something to say" is said.
func emptyStrings() chat.Reply {
	return reply(
		text(), chat.Say(""), chat.Say(" \n\t "), chat.Say("\u200b\u202e"),
		text(chat.Paragraph{Kind: chat.Heading}, chat.Paragraph{Kind: chat.Bullet}, chat.Paragraph{Kind: chat.Number}, chat.Paragraph{Kind: chat.Code},
			chat.Paragraph{Kind: chat.Row}, chat.Paragraph{Kind: chat.Row, Cells: [][]chat.Inline{nil, {}, {{}}}}, chat.Paragraph{Quoted: true}),
		text(chat.Paragraph{Inlines: []chat.Inline{bold(""), {Code: true}, {Mark: true}, {URL: "https://www.example.gov.uk/no-words"}}}),
		chat.Sources{}, chat.Sources{Sources: []chat.Source{{}}}, chat.People{}, chat.People{People: []chat.Person{{Reasons: []chat.Paragraph{{}}, Contact: &chat.Inline{}}}},
		chat.Items{}, chat.Items{Items: []chat.Item{{}}}, chat.Facts{}, chat.Facts{Facts: []chat.Fact{{}}},
		chat.Notice{}, chat.Note(chat.Warning, ""), chat.Actions{},
		chat.Say("Something to say"),
	)
}
