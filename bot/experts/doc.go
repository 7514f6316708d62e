// Package experts says who knows about a topic, and why it thinks so.
//
// Three things speak for somebody: what they declared (they offer help with it, they can do it), the
// pages found for the topic that they own, wrote or are named in, and answers of theirs that helped.
// Declared and consented is what makes a person listed (package directory); evidence only ranks. To be
// named on a page is not enough, as interest is not expertise. Where no person fits, the channels that the
// pages name and the teams that cover the topic stand in; of a closed organisation, whoever took over.
//
// SECURITY: the audience is part of every [Question]. Pages come from a search for it, people from the
// directory's list for it, and how rare a word is is counted over the phrases of those people alone, so
// that nobody learns of anything hidden by the order of what is shown.
//
// # Ranking
//
// Pages vote: each of the first hundred gives its people its share of the best score, to a power that
// rises from 1 to 2 with how sure the search is, so that near misses count little where the answer is
// clear; a little less for each co-author and for its age. Whoever it only names gets half. The more
// pages the better, each further one counting a little less. What people declare is compared word by
// word, rare words counting more. Both together are the order; when five of one organisation lead, the
// best of another takes the last place if it deserves it. Channels gain, besides, by being named for the
// topic and, where the search is unsure, by how many pages name them.
//
// Votes of documents are "model 2" of Balog, Azzopardi and de Rijke (SIGIR 2006); adding their scores up is
// CombSUM of Macdonald and Ounis (CIKM 2006). Judged by `eval` on the three development sets: hit@1,
// hit@5, nDCG@10. "Without one" asks for the people of each document by its title, without that document:
// questions that nobody chose and no weight was fitted to alone.
//
//	                         popularity         plain votes (30)   Liaison
//	18F posts, 78            .103 .205 .171     .256 .462 .353     .295 .551 .409
//	  without one, 258       .109 .248 .196     .275 .496 .378     .287 .504 .409
//	TTS channels, 20         .400 .700 .601     .600 .700 .663     .650 .750 .716
//	  without one, 18        .389 .667 .564     .500 .722 .615     .500 .667 .610
//	GDS channels, 28         .536 .893 .750     .643 .893 .800     .679 .964 .831
//	  without one, 139       .432 .791 .655     .504 .878 .735     .547 .899 .762
//
// What each part is worth as nDCG@10, one at a time, chosen questions and "without one": votes of a hundred
// pages to a power +.04 and +.02 on the 18F posts; people named +.01 and +.01 there; sharing between
// co-authors +.004 and +.006. Channels that most pages name, where the search is unsure: +.05 and 0 on the
// TTS ones, +.02 and 0 on the GDS ones; people gain nothing by it, and those who are asked most would be
// asked more. Fading to .7 costs nothing; to nothing at all, by half every four years, it costs .03. Tried,
// and worth nothing or less on both kinds of question: dividing by the amount of evidence, one text for
// each person, votes for what co-authors wrote, votes by pages like those found, pages of the same months.
//
// The aim of hit@5 .65 and .95 is not reached on these sets. What is missed has no words in common with the
// evidence ("Editing in GitHub" belongs to those who look after a handbook that never says so), or
// was written by one of several who write of the same ("Is your project using agilefall?").
package experts
