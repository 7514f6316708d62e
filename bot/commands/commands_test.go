package commands_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"liaison/bot/ask"
	"liaison/bot/chat"
	"liaison/bot/commands"
	"liaison/bot/feedback"
)

type vocabularyType = ask.Vocabulary

func TestPlainWordsAreQuestionsAndCommandsAreUnmistakable(t *testing.T) {
	for _, c := range []struct{ text, holds string }{
		{"where are secrets kept?", "[1] Keeping secrets"},
		{"ask where are secrets kept?", "[1] Keeping secrets"},
		{"define ATO", "A decision."},
		{"Define: ato?", "A decision."},
		{"what does ATO stand for?", "A decision."},
		{"what does keeping secrets mean?", "[1] Keeping secrets"}, // no word of the glossary: the pages may say
		{"define success for a team that keeps secrets in many stores", "[1] Keeping secrets"},
		{"compare secrets", "What each organisation says about “secrets”"},
		{"help", "What you can say"},
		{"Help!", "What you can say"},
		{"help us keep secrets", "[1] Keeping secrets"},
		{"hello", "Hello."},
		{"thanks a lot!", "You are welcome."},
		{"status", "Only an admin"},
		{"status of our secrets", "[1] Keeping secrets"},
		{"reindex", "Only an admin"},
		{"forget me", "I hold nothing about you"},
		{"forget the secrets", "[1] Keeping secrets"},
		{"define zebra", "I can also look for it in the guidance."}, // with a button
		{"define", "Tell me which word"},
		{"", "I did not get a question"},
		{"🙈", "I can only look for words"},
		{"alpacas", "Nothing I have read is close"},
	} {
		t.Run(c.text, func(t *testing.T) {
			o := newOffice(t)
			o.expect(c.text, o.say(gdsMember, direct, c.text), []string{c.holds})
		})
	}
}

func TestEveryCommandIsInTheTableAndKeepsThePlatformsLimits(t *testing.T) {
	table := newOffice(t).Table()
	for _, c := range table.Commands {
		if len(c.Summary) == 0 || len(c.Summary) > 100 || strings.HasSuffix(c.Summary, ".") || len(c.Examples) == 0 {
			t.Errorf("%s: %q, examples %v", c.Name, c.Summary, c.Examples)
		}
		if c.Opens != nil {
			if _, ok := table.Action(c.Opens.Action); !ok || len([]rune(c.Opens.Title)) > 24 {
				t.Errorf("%s opens a form that nobody takes: %q", c.Name, c.Opens.Action)
			}
		}
		if found, ok := table.Command(c.Name); !ok || found.Name != c.Name {
			t.Errorf("%s is not found by its name", c.Name)
		}
	}
	for _, name := range []string{"ask", "compare", "who", "define", "help", "forget", "reindex", "status"} {
		if _, ok := table.Command(name); !ok {
			t.Errorf("there is no command %s", name)
		}
	}
}

func TestTheFirstAnswerSaysWhatIsKept(t *testing.T) {
	o := newOffice(t)
	const kept = "I keep what you ask and what I answer for 90 days"
	o.expect("help", o.say(gdsMember, direct, "help"), nil, kept)
	first := o.event(gdsMember, direct, chat.KindMessage)
	first.Text = "where are secrets kept?"
	o.expect("first answer", o.handle(first), []string{kept, "forget me"})
	o.expect("the same event again, as after a crash", o.handle(first), []string{kept})
	o.expect("second answer", o.say(gdsMember, direct, "where are secrets kept?"), nil, kept)
	o.expect("another person's first", o.say(other, direct, "where are secrets kept?"), []string{kept})
}

func TestForgetMe(t *testing.T) {
	o := newOffice(t)
	r := o.say(gdsMember, direct, "where are secrets kept?")
	o.press(gdsMember, direct, r, "Helpful")
	o.expect("forget me", o.say(gdsMember, direct, "Forget me!"), []string{"1 question with its answer and 1 vote"})
	o.say(gdsMember, direct, "and the store?")
	if turns := o.fed(); len(turns) != 0 {
		t.Errorf("after forgetting, a follow-up was fed %v", turns)
	}
	o.expect("a button of then", o.press(gdsMember, direct, r, "Show more"), []string{"no longer kept"})
}

func TestVotes(t *testing.T) {
	o := newOffice(t)
	r := o.say(gdsMember, channel, "where are secrets kept?")
	o.expect("helpful", o.press(other, channel, r, "Helpful"), []string{"Thank you"})
	why := o.press(gdsMember, channel, r, "Not helpful")
	choice, ok := why.Blocks[0].(chat.Choice)
	if !ok || len(choice.Options) != len(feedback.Reasons) || !why.Private {
		t.Fatalf("asked why: %+v", why)
	}
	e := o.event(gdsMember, channel, chat.KindAction)
	e.Action, e.Values = choice.Action, map[string]string{"choice": "old"}
	o.expect("said why", o.handle(e), []string{"Thank you"})
	e = o.event(gdsMember, channel, chat.KindAction)
	e.Action, e.Values = choice.Action, map[string]string{"choice": "forged"}
	o.expect("a reason that is none", o.handle(e), []string{"choose one"})
	sum, err := o.Feedback.Summary(t.Context(), 30)
	if err != nil || sum.Helpful != 1 || sum.NotHelpful != 1 || sum.ByReason[feedback.OutOfDate] != 1 || sum.ByPath["secrets.md"] != 1 {
		t.Errorf("summary: %+v, %v", sum, err)
	}
}

// TestAVoteInWordsCountsAsTheButtonDoes, where there is an answer to vote on.
func TestAVoteInWordsCountsAsTheButtonDoes(t *testing.T) {
	o := newOffice(t)
	o.expect("nothing to vote on", o.say(gdsMember, channel, "not helpful"), []string{"I have not shown you an answer here yet"})
	o.expect("thanks", o.say(gdsMember, channel, "helpful"), []string{"You are welcome"})
	o.say(gdsMember, channel, "how do penguins swim?")
	o.expect("a miss", o.say(gdsMember, channel, "not helpful"), []string{"in other words"})
	o.expect("thanks after a miss", o.say(gdsMember, channel, "helpful"), []string{"You are welcome"})
	o.say(gdsMember, channel, "where are secrets kept?")
	o.expect("yes", o.say(other, channel, "Helpful!"), []string{"noted that this helped"})
	no := o.say(gdsMember, channel, "not helpful")
	if _, ok := no.Blocks[0].(chat.Choice); !ok || !no.Private {
		t.Errorf("not helpful: %+v", no)
	}
	sum, err := o.Feedback.Summary(t.Context(), 30)
	if err != nil || sum.Helpful != 1 || sum.NotHelpful != 1 || sum.ByPath["secrets.md"] != 1 {
		t.Errorf("summary: %+v, %v", sum, err)
	}
}

func TestButtonsAreCheckedWhenPressed(t *testing.T) {
	o := newOffice(t)
	private := o.event(gdsMember, channel, chat.KindMessage)
	private.Text, private.Private = "where are secrets kept?", true
	mine := o.handle(private)
	o.expect("another person on a private answer", o.press(other, channel, mine, "Show more"), []string{"Only the person who asked"}, "secret store")

	elsewhere := o.event(gdsMember, channel, chat.KindAction)
	elsewhere.Workspace, elsewhere.Action = "T2", button(mine, "Show more")
	o.expect("the same id in another workspace", o.handle(elsewhere), []string{"no longer kept"}, "secret store")

	for _, id := range []string{"more:nothing", "more:", "nonsense:1", "", "reindex:"} {
		e := o.event(gdsMember, channel, chat.KindAction)
		e.Action = id
		if r := o.handle(e); r.Silent() || strings.Contains(chat.PlainText(r), "Reindexed") {
			t.Errorf("pressing %q says %q", id, chat.PlainText(r))
		}
	}
}

func TestAdmins(t *testing.T) {
	o := newOffice(t)
	o.expect("reindex", o.say(admin, direct, "reindex"), []string{"Reindexed", "2,400 in 18,000 passages"})
	o.expect("status", o.say(admin, direct, "status"), []string{"2,400", "Slack: connected", "none in the last 30 days"})
	stranger := admin
	stranger.Account.Workspace = "T2"
	o.expect("an account without a workspace", o.say(joan, direct, "status"), []string{"Only an admin", "add discord:7 to ADMINS"})
	o.expect("the same user id in another workspace", o.say(stranger, direct, "reindex"), []string{"Only an admin", "slack:T2/admin"}, "Reindexed")
	if r := o.say(admin, channel, "status"); !r.Private {
		t.Error("status is shown to the whole channel")
	}
}

func TestHome(t *testing.T) {
	o := newOffice(t)
	o.say(gdsMember, direct, "where are secrets kept?")
	for _, who := range []chat.Actor{gdsMember, admin} {
		if r := o.handle(o.event(who, direct, chat.KindHome)); !r.Silent() {
			t.Errorf("opening the home page is answered with %q", chat.PlainText(r))
		}
	}
	if len(o.homes) != 2 {
		t.Fatalf("%d home pages", len(o.homes))
	}
	o.expect("a member's home", o.homes[0], []string{"where are secrets kept?", "Federal secrets"}, "Platforms")
	o.expect("an admin's home", o.homes[1], []string{"Platforms", "Feedback"}, "where are secrets kept?\n")
	if button(o.homes[1], "Reindex now") == "" || button(o.homes[0], "Reindex now") != "" {
		t.Error("only the admin's home has the button to reindex")
	}
}

func TestAnswerThisIsPrivateAndAnswersTheMessage(t *testing.T) {
	o := newOffice(t)
	e := o.event(gdsMember, open, chat.KindCommand)
	e.Command, e.Quoted = "ask", &chat.Quoted{Text: "where are secrets kept?"}
	r := o.handle(e)
	if !r.Private {
		t.Error("the answer is shown to all")
	}
	o.expect("answer", r, []string{"Keeping secrets"})
}

// Whoever answers a message with a mention alone asks about its words: they are somebody else's.
func TestQuotedWordsAreNeverACommand(t *testing.T) {
	for _, words := range []string{"forget me", "reindex", "status", "help", "define ATO", "/reindex", "thanks", "hello", "secrets"} {
		o := newOffice(t)
		o.say(admin, direct, "where are secrets kept?")
		e := o.event(admin, direct, chat.KindMessage)
		e.Quoted = &chat.Quoted{Message: "m", Text: words}
		o.log.Reset()
		r := o.handle(e)
		if !strings.Contains(o.log.String(), "command=ask") {
			t.Errorf("quoting %q is answered with %q", words, chat.PlainText(r))
		}
	}
}

// blind is a store that cannot look a conversation up just now.
type blind struct{ commands.Store }

func (blind) Conversation(context.Context, string, time.Time, int) ([]commands.Exchange, error) {
	return nil, errors.New("the database is locked")
}

// What cannot be looked up is not dropped, as nobody would send it again; and talk of others is not
// answered for that.
func TestFollowUpsWhileTheStoreCannotSay(t *testing.T) {
	o := newOffice(t)
	o.say(gdsMember, channel, "where are secrets kept?")
	talk := o.event(other, channel, chat.KindMessage)
	talk.Text, talk.Addressed = "and the secrets of lunch?", false
	goesOn := o.event(gdsMember, channel, chat.KindMessage)
	goesOn.Text, goesOn.Addressed = "and the federal secrets?", false
	seeing := o.Store
	o.Store = blind{seeing}
	for _, e := range []chat.Event{talk, goesOn} {
		if !o.Table().Follows(t.Context(), e) {
			t.Errorf("%q was dropped", e.Text)
		}
		if reply := o.handle(e); !reply.Silent() {
			t.Errorf("while nobody can say, %q is answered with %q", e.Text, chat.PlainText(reply))
		}
	}
	o.Store = seeing
	if reply := o.handle(talk); !reply.Silent() {
		t.Errorf("talk of others is answered: %s", chat.PlainText(reply))
	}
	o.expect("the follow-up", o.handle(goesOn), []string{"Federal secrets"})
}

func TestFollowUps(t *testing.T) {
	o := newOffice(t)
	r := o.say(gdsMember, channel, "where are secrets kept?")
	table := o.Table()
	follows := func(who chat.Actor, where chat.Room, text string) bool {
		e := o.event(who, where, chat.KindMessage)
		e.Text, e.Addressed = text, false
		return table.Follows(t.Context(), e)
	}
	elsewhere := channel
	elsewhere.Thread = "9.9"
	flat := channel
	flat.Thread = ""
	for _, c := range []struct {
		name  string
		got   bool
		wants bool
	}{
		{"the asker in the thread", follows(gdsMember, channel, "and in the US?"), true},
		{"somebody else in the thread", follows(other, channel, "and in the US?"), false},
		{"the asker in another thread", follows(gdsMember, elsewhere, "and in the US?"), false},
		{"the asker in the open channel", follows(gdsMember, flat, "and in the US?"), false},
		{"thanks", follows(gdsMember, channel, "thanks!"), false},
		{"assent", follows(gdsMember, channel, "ok, makes sense"), false},
		{"laughter", follows(gdsMember, channel, "lol"), false},
	} {
		if c.got != c.wants {
			t.Errorf("%s: follows %v", c.name, c.got)
		}
	}
	o.now = o.now.Add(25 * time.Hour)
	if follows(gdsMember, channel, "and now?") {
		t.Error("a day later it still follows")
	}

	e := o.event(gdsMember, channel, chat.KindAction)
	e.Action = "follow:" + chat.RowOf(button(r, "Helpful"))
	form := table.Open(t.Context(), e).Form
	if form == nil {
		t.Fatal("Follow up opens no form")
	}
	sent := o.event(gdsMember, channel, chat.KindForm)
	sent.Action, sent.Values = form.Action, map[string]string{"question": "and by agencies?"}
	o.handle(sent)
	if turns := o.fed(); len(turns) == 0 || turns[0].Text != "where are secrets kept?" {
		t.Errorf("the form's question was fed %v", turns)
	}
}

func TestCommandsOpenTheirForms(t *testing.T) {
	o := newOffice(t)
	for _, name := range []string{"ask", "compare", "define"} {
		e := o.event(gdsMember, channel, chat.KindCommand)
		e.Command = name
		form := o.Table().Open(t.Context(), e).Form
		if form == nil {
			t.Fatalf("%s opens no form", name)
		}
		sent := o.event(gdsMember, channel, chat.KindForm)
		sent.Action, sent.Values = form.Action, map[string]string{"question": "secrets"}
		if r := o.handle(sent); r.Silent() {
			t.Errorf("the form of %s is not answered", name)
		}
	}
	e := o.event(gdsMember, channel, chat.KindAction)
	e.Action = "nonsense:1"
	if r := o.Table().Open(t.Context(), e); r.Silent() || r.Form != nil {
		t.Errorf("an unknown action opens %+v", r)
	}
}

func TestSuggestionsHoldOnlyWhatMayBeSeen(t *testing.T) {
	o := newOffice(t)
	suggest := func(who chat.Actor, where chat.Room, what, typed string) string {
		var list []string
		for _, option := range o.Table().Suggest(t.Context(), o.event(who, where, chat.KindCommand), what, typed) {
			list = append(list, option.Value)
		}
		return strings.Join(list, ", ")
	}
	for _, c := range []struct{ name, got, want string }{
		{"a member in their channel", suggest(gdsMember, channel, "term", ""), "ATO, Eagle, GDS, Government Digital Service, US Digital Service, USDS, authority to operate"},
		{"an acronym", suggest(guest, open, "term", "au"), "authority to operate"},
		{"a team, as a term", suggest(guest, open, "term", "usd"), "USDS"},
		{"a member in an open channel", suggest(gdsMember, open, "term", "e"), ""},
		{"teams", suggest(guest, open, "team", "digital"), "Government Digital Service, US Digital Service"},
		{"topics", suggest(guest, open, "topic", "serv"), "service standard"},
		{"nothing", suggest(guest, open, "", "x"), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestAPersonWhoAsksWithoutEndIsToldToWait(t *testing.T) {
	o := newOffice(t)
	refused := 0
	e := o.event(gdsMember, direct, chat.KindMessage)
	e.Text = "where are secrets kept?"
	for i := range 50 {
		e.ID = fmt.Sprint("many", i)
		if strings.Contains(chat.PlainText(o.handle(e)), "Please ask again in 4 seconds") {
			refused++
		}
	}
	if refused != 20 {
		t.Errorf("%d of 50 questions at once were refused, want 20", refused)
	}
	o.expect("somebody else meanwhile", o.say(other, direct, "where are secrets kept?"), []string{"Keeping secrets"})
	o.now = o.now.Add(time.Minute)
	o.expect("a minute later", o.say(gdsMember, direct, "where are secrets kept?"), []string{"Keeping secrets"})
}

func TestWhatBreaksIsSaidWithAReference(t *testing.T) {
	for name, change := range map[string]func(*office){
		"a panic":          func(o *office) { o.pages.panic = true },
		"a search failing": func(o *office) { o.pages.err = errors.New("the index is damaged") },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			change(o)
			r := o.say(gdsMember, direct, "my private question about secrets")
			text := chat.PlainText(r)
			_, after, found := strings.Cut(text, "(ref ")
			if !found || !strings.Contains(text, "went wrong on our side") {
				t.Fatalf("said %q", text)
			}
			if ref := after[:4]; !strings.Contains(o.log.String(), "ref="+ref) {
				t.Errorf("the log does not know ref %s:\n%s", ref, o.log.String())
			}
			if strings.Contains(o.log.String(), "private question") {
				t.Errorf("the log holds the question:\n%s", o.log.String())
			}
		})
	}
}

func TestTheLogNeverHoldsWhatIsSaid(t *testing.T) {
	o := newOffice(t)
	r := o.say(gdsMember, direct, "confidential secrets")
	o.press(gdsMember, direct, r, "Show more")
	o.say(gdsMember, direct, "define confidential")
	if strings.Contains(o.log.String(), "confidential") {
		t.Errorf("the log:\n%s", o.log.String())
	}
	if !strings.Contains(o.log.String(), "command=define") {
		t.Errorf("the log does not say what was done:\n%s", o.log.String())
	}
}

func TestEditsAndDeletions(t *testing.T) {
	o := newOffice(t)
	first := o.event(gdsMember, channel, chat.KindMessage)
	first.Text = "where are secrets kept?"
	o.handle(first)
	edited := o.event(gdsMember, channel, chat.KindEdited)
	edited.Message, edited.Text = first.Message, "where is the vault?"
	if r := o.handle(edited); !r.Silent() {
		t.Errorf("an edit is answered: %q", chat.PlainText(r))
	}
	o.say(gdsMember, channel, "and then?")
	if turns := o.fed(); len(turns) == 0 || turns[0].Text != "where is the vault?" {
		t.Errorf("after an edit a follow-up is fed %v", turns)
	}
	deleted := o.event(gdsMember, channel, chat.KindDeleted)
	deleted.Message = first.Message
	o.handle(deleted)
	o.say(gdsMember, channel, "and then?")
	if turns := o.fed(); len(turns) != 2 {
		t.Errorf("after a deletion a follow-up is fed %v", turns)
	}
	o.handle(o.event(chat.Actor{}, chat.Room{}, chat.KindGone))
	o.say(gdsMember, channel, "and then?")
	if turns := o.fed(); len(turns) != 0 {
		t.Errorf("after Liaison was removed, a follow-up is fed %v", turns)
	}
}

// reporting is a platform that says how it is.
type reporting struct {
	platform
	status chat.Status
}

func (r reporting) Status() chat.Status { return r.status }

func TestStatusLinesReadAloud(t *testing.T) {
	o := newOffice(t)
	for want, status := range map[string]chat.Status{
		"Slack: 2 of 2 workspaces connected": {Connected: true, Detail: "2 of 2 workspaces connected"},
		"Slack: connected":                   {Connected: true},
		"Slack: not connected":               {},
		"Slack: not connected: the token was revoked. Install the app again.": {Detail: "the token was revoked. Install the app again."},
	} {
		o.Adapters["slack"] = reporting{platform{o}, status}
		if text := chat.PlainText(o.say(admin, direct, "status")); !strings.Contains(text, "\n"+want+"\n") {
			t.Errorf("%q is not a line of:\n%s", want, text)
		}
	}
}

func TestCompareThem(t *testing.T) {
	o := newOffice(t)
	o.expect("nothing", o.say(gdsMember, direct, "compare them"), []string{"Tell me what to compare"})
	o.say(gdsMember, direct, "keeping secrets")
	o.expect("the last", o.say(gdsMember, direct, "compare them"), []string{"What each organisation says about “keeping secrets"})
}
