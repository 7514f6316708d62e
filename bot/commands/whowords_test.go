package commands_test

import (
	"testing"

	"liaison/bot/commands"
)

// TestPeopleAreAskedForInSentences holds to which command, and with what topic, people are taken.
func TestPeopleAreAskedForInSentences(t *testing.T) {
	for text, want := range map[string][2]string{
		"who works on login.gov":                                            {"who", "login.gov"},
		"who deals with procurement?":                                       {"who", "procurement"},
		"who looks after the design system":                                 {"who", "the design system"},
		"who do I ask about cloud hosting":                                  {"who", "cloud hosting"},
		"who should I speak to regarding user research?":                    {"who", "user research"},
		"whom should I contact about service assessments":                   {"who", "service assessments"},
		"who would know about sign-in":                                      {"who", "sign-in"},
		"who has worked on identity proofing":                               {"who", "identity proofing"},
		"who's the person for incident response":                            {"who", "incident response"},
		"who is the best person to talk to about hiring?":                   {"who", "hiring"},
		"who are the accessibility people?":                                 {"who", "accessibility"},
		"who handles payments please":                                       {"who", "payments"},
		"who is good at content design":                                     {"who", "content design"},
		"hi, who knows about APIs?":                                         {"who", "APIs"},
		"who knows":                                                         {"who", ""},
		"who can help me":                                                   {"who", ""},
		"who can i talk to about that":                                      {"who", "that"},
		"is there anyone who knows about user research":                     {"who", "user research"},
		"is there somebody here who works on notifications?":                {"who", "notifications"},
		"do you know anybody who has experience with agile contracts?":      {"who", "agile contracts"},
		"find me an expert on APIs":                                         {"introduce", "APIs"},
		"I'm looking for someone who understands accessibility":             {"who", "accessibility"},
		"anyone who has done load testing?":                                 {"who", "load testing"},
		"has anyone worked with Login.gov?":                                 {"who", "Login.gov"},
		"can you find me people who know about procurement?":                {"who", "procurement"},
		"introduce me to somebody who knows about accessibility":            {"introduce", "accessibility"},
		"can you put me in touch with someone in procurement?":              {"introduce", "procurement"},
		"connect me with an expert on user research":                        {"introduce", "user research"},
		"I'd like to meet somebody who does content design":                 {"introduce", "content design"},
		"i need to talk to someone about agile contracts":                   {"introduce", "agile contracts"},
		"I would like to be introduced to someone from the Notify team":     {"introduce", "the Notify team"},
		"could you introduce me to people who work on digital identity?":    {"introduce", "digital identity"},
		"can I speak to somebody in GDS about hosting":                      {"introduce", "hosting"},
		"tell me who knows about agile contracts":                           {"who", "agile contracts"},
		"any idea who works on procurement?":                                {"who", "procurement"},
		"can you tell me who to ask about hosting":                          {"who", "hosting"},
		"which person should i ask about procurement":                       {"who", "procurement"},
		"is there an expert in agile contracts?":                            {"who", "agile contracts"},
		"point me to somebody who knows procurement":                        {"who", "procurement"},
		"please find somebody for user research":                            {"introduce", "user research"},
		"tell me who signs off spending":                                    {"ask", ""},
		"which team is responsible for accessibility?":                      {"ask", ""},
		"what people need from a service":                                   {"ask", ""},
		"is there a person in every team who does research?":                {"ask", ""},
		"who can I contact if I have questions about the office space?":     {"who", "the office space"},
		"does anyone here work on payments?":                                {"who", "payments"},
		"people work in a secure room with no phones":                       {"ask", ""},
		"somebody else knows the topic better":                              {"ask", ""},
		"a colleague covers for me tonight, how do I record that":           {"ask", ""},
		"does the person in charge of the product need to be a techie":      {"ask", ""},
		"is somebody in charge of finding speakers or must I do it all":     {"ask", ""},
		"someone who has done it, what would you tell a rookie manager":     {"ask", ""},
		"whom to interview, policy bosses or front-line clerks":             {"ask", ""},
		"which team handles everything about an employee until he leaves":   {"ask", ""},
		"who is responsible for accessibility":                              {"ask", ""},
		"who reviews it?":                                                   {"ask", ""},
		"who approves these":                                                {"ask", ""},
		"who signs off a service assessment?":                               {"ask", ""},
		"who must approve spending on cloud hosting?":                       {"ask", ""},
		"does anyone know how to renew a certificate?":                      {"ask", ""},
		"does anyone know about fedramp":                                    {"ask", ""},
		"how do I find people to take part in research?":                    {"ask", ""},
		"is there a person who must sign the accessibility statement?":      {"ask", ""},
		"can anyone join the community?":                                    {"ask", ""},
		"do we need someone to review our code?":                            {"ask", ""},
		"how do I put users in touch with support":                          {"ask", ""},
		"do you have people with disabilities in research?":                 {"ask", ""},
		"is there guidance for people who use screen readers?":              {"ask", ""},
		"does the team need experts in security?":                           {"ask", ""},
		"what does an expert in accessibility do?":                          {"ask", ""},
		"ask somebody how to run a private beta":                            {"askperson", ""},
		"who did the design of GOV.UK?":                                     {"ask", ""},
		"are there people who cannot use the service?":                      {"ask", ""},
		"how can I contact the design system team":                          {"ask", ""},
		"is there anyone who can use our card?":                             {"ask", ""},
		"I need someone to sign this off":                                   {"ask", ""},
		"do people with experience of homelessness get paid for interviews": {"ask", ""},
	} {
		name, rest := commands.Route(text)
		if name != want[0] {
			t.Errorf("%q: taken for %s, want %s", text, name, want[0])
		} else if topic := commands.TopicOf(name, rest); name != "ask" && name != "askperson" && topic != want[1] {
			t.Errorf("%q: about %q, want %q", text, topic, want[1])
		}
	}
}

// TestTopic reads what stands after "who", on the command line and in a message that somebody points at.
func TestTopic(t *testing.T) {
	for text, want := range map[string]string{
		"user research": "user research", "works on login.gov": "login.gov", "is responsible for accessibility": "accessibility",
		"who is responsible for accessibility?": "accessibility", "who is in charge of hiring": "hiring", "looks after Notify": "Notify",
		"how do we store secrets?": "how do we store secrets", "people who use screen readers": "people who use screen readers",
		"Does anyone know how to renew a certificate?": "Does anyone know how to renew a certificate", "working groups": "working groups",
		"expert review": "expert review", "handling incidents": "incidents", "on-call rotas": "on-call rotas", "who": "who",
		"does anybody know somebody who knows about tax?": "does anybody know somebody who knows about tax",
	} {
		if got := commands.Topic(text); got != want {
			t.Errorf("%q is about %q, want %q", text, got, want)
		}
	}
}
