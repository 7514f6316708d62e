// Package index is everything about finding: it builds Bleve indexes of the knowledge, one for each
// visibility, and answers a question with the passages that fit best and how sure it is of them.
//
// Nothing outside this package touches a score. Start with [Searcher], [Question] and [Results] in
// index.go; [Build] and [Open] are the two ends of an index on disk.
//
// # On disk
//
//	index/<hash of the knowledge folder>/     see Dir
//	  CURRENT                                 name of the generation that serves; replaced by rename
//	  LOCK                                    held by the one builder
//	  00000007/                               a generation: complete, checked, never written again
//	    manifest.json manifest.sha256         what it must hold, byte by byte
//	    vocabulary.json                       teams, glossary and spellings it was built with
//	    public/ staff/ org-gds/               a partition each: documents.jsonl.gz, sequences.bin
//	                                          (the words of passages in order), words/ words-1/ … (Bleve)
//
// A Build reads what changed (by digest), links the segments of the last generation and adds a batch, or
// writes a partition anew when more than a tenth changed. It is checked by opening it before CURRENT
// names it. The generation before is kept, and serves when the current one is found damaged.
//
// # Who sees what
//
// A search opens the partitions its audience may see and no others. Everything learnt from texts
// (statistics, acronyms, words for mending) is summed over exactly those, as integers, before any score
// is computed; scores add up in a fixed order and ties go by path. So one partition or eight rank alike
// to the last bit, and what is hidden changes nothing: partition_test.go proves both. What is kept from one search for
// the next is kept for a view, the partitions that an audience may see together (impact_test.go).
//
// # How it ranks
//
// Bleve stores and reads the postings; the scoring is ours (rank.go has the formula, weights.go the
// numbers), because Bleve's "bm25" is not BM25: it takes the root of frequencies, squares idf, adds a
// coordination factor and guesses the average length. The best 50 passages are read a second time for
// what postings do not tell (second.go), and some 500 pages that may be among the best are put together from their
// passages and lines (gatherDocs). How sure it is of the result comes from two small models
// (confidence.go). What is learnt of all this (fusion.json, confidence.json, sound.txt) is learnt anew by
//
//	LIAISON_TESTDATA=… go test ./index -run 'TestFit$' -fit fusion,sound,plain,asked -timeout 30m
//
// # What helped, and what did not
//
// Measured with eval on the development halves of eight public collections (macro nDCG@10 and
// Success@1: cv_faq, doc2dial by page and by passage, gov_faq by heading and by page, mtrag_pool,
// orsharc, scifact) and on questions over the organisations' 2,422 real pages ("gov": 54 typed and
// issue questions; "everyday": 112 that avoid the pages' words), Success@1/@5. One question of gov is
// .019, of everyday .009: what moves less is noise.
//
//	BM25F, pairs, slug, parents, acronyms, typing errors  .675/.529  gov .63/.74  everyday .30/.49
//	+ near and soft of the second look at .2 each         .682/.541  gov .63/.74  everyday .32/.48
//	+ passages that a short document does not have count
//	  .7 of its best                                      .700/.564  gov .61/.74  everyday .30/.48
//	+ dated posts count .85                               .698/.558  gov .65/.76  everyday .31/.49
//	+ whole documents by k1 .4 instead of 1.2             .695/.553  gov .65/.76  everyday .32/.51
//	+ the glossary that ships                             .695/.552  gov .65/.76  everyday .33/.49
//	+ parts of a page ranked with their page, its opening
//	  first, and the whole page at .2 instead of .4       .700/.566
//	pairs looked for in the best 50 passages instead of
//	  being indexed                                       .700/.565
//	+ stems kept apart ("accessibility" and "access"),
//	  irregular forms brought together ("lost", "lose")   .700/.567
//	  the same, orsharc asked with its scenarios          .705/.576  gov .74/.89  everyday .71/.89 (with lines)
//	+ what is told beside a question counts .4            .706/.577  gov .74/.89  everyday .71/.89
//	+ passages of under 15 words keep .8 of their score
//	  and more, the fewer the less                        .708/.580  gov .74/.89  everyday .71/.89
//	+ words of lines nearer in rarity                     .708/.580  gov .78/.89  everyday .71/.91
//	+ a long form told by few documents counts less       .709/.582  gov .78/.89  everyday .71/.90
//	+ words that only tell that something is asked, half  .711/.582  gov .78/.91  everyday .71/.90
//	+ other words for those that pages hardly use         .711/.582  gov .78/.91  everyday .71/.92
//	+ long messages by what they tell most                .711/.582  gov .78/.91  everyday .71/.92
//	+ what is told by how little the question says        .711/.584  gov .76/.91  everyday .70/.92
//	+ nothing looked for besides is worth more than what
//	  it stands for                                       .712/.583  gov .76/.91  everyday .70/.92
//	+ pairs of title and headings as far as these are
//	  what is asked, looked for in the best 50 passages
//	  instead of being indexed                            .717/.597  gov .76/.91  everyday .69/.92
//	+ titles at 2.5 instead of 2                          .718/.596  gov .76/.91  everyday .69/.92
//
// Long messages by what they tell most, and what is told by how little the question says, pay where questions come as
// people write them. The 166 questions of gov and everyday within five messages of other matters (a greeting, how somebody came to ask, thanks): .44/.67 before, .59/.81 after;
// within five that nothing was chosen by, .41/.67 and .55/.78. And three old collections of abstracts, of which CISI has
// questions of up to 330 words (nDCG@10, Success@1; before, after, Bleve as it comes): Cranfield .534/.751, .531/.747,
// .506; CACM .487/.635, .503/.692, .460; CISI .334/.461, .386/.526, .392. Nothing else was chosen with them: pairs of headings
// by how much of them is asked won .002, .002 and .004. Of 200 real pages pasted as a question, 192 find
// themselves first (189 before); of 300 abstracts about medicine, 20 are answered (17). To let what is told count only where the
// question itself stands, to .15 up to once of its score, wins nothing within messages and loses .003 and more elsewhere.
//
// Bleve as it comes (tf-idf, English analyser, one field) reaches .644/.499 there, its "bm25" .602/.451, and BM25F
// alone .652/.494 (without scenarios). Parts of a page gained on doc2dial by
// passage, .666/.502 before and .700/.567 after: a collection of passages says which page each is from, as
// documents do of their own. gov_faq by heading, the other such collection, stayed at .416/.211.
//
// Pairs of words were an index field of their own (nDCG@10 +.026 over the single words): half of the disk and
// of the time to build. Looked for in what is looked at again, each as rare as the rarer of its words, they
// rank as well; without any, doc2dial by passage loses .05, and a larger share for near words makes up for
// nothing of it. Pairs of title and headings were a field too (.4 of their BM25; without any, doc2dial by page .777/.632
// and by passage .686/.540). What they tell is that the heading is the question's subject, which an exact count of the
// pairs does not say: of the titles of papers, whole sentences, they took .010 on scifact. By how much of title or headings
// the question is, whichever is more, the same .4 gives .717/.595, doc2dial .788/.653 and .704/.570, scifact .695, orsharc
// as before; .6 as above; 1 .711/.581, doc2dial .801/.680 and .707/.570; without regard to that .715/.593; by title and
// headings together .718/.598 (by passage -.003, by heading +.007); beside the field at .1 .715/.589. With titles at 2.5
// all eight are where they were or better (the two of gov_faq .416/.211 → .423/.226 and .779/.615 → .807/.692, which is
// two questions each); at 3 alike.
//
// On the knowledge that ships (138 pages, questions.yaml, 238 questions), lines included: .93/.99.
//
// Words that are written together where pages part them (compound.go), several of an acronym, versions beside a name
// ("TLS1.2"), C#, and file names without their endings: the eight collections and the questions above rank as before (macro
// .7178/.5965 → .7175/.5961, scifact .694 → .692 as "ApoE4" is read as ApoE; what ships .924 → .929 first). Of 300
// names of the real pages' files, asked as they are, 135 found their page first, 215 among five, and 57 were refused; now
// 202, 263 and 30.
//
// Helped: near alone +.002, soft alone +.003 at .2, and either at 1 loses again; letting the stems and forms of
// compounds stand beside their parts. A word and the particle after it as one ("log in", "hand over"): .7175/.5955 →
// .7178/.5965, nothing lost; phrases of words that are left out otherwise ("time off") stand in no judged question. Follow-ups by page reach .865/.756 with the turns before (.883/.782 with 48
// words of them instead of 20 and pairs in an index, at the price of five questions instead of two). A change of
// subject is seen in 61 % of 492 cases where the first question of another conversation is put in, and in 51 % of
// 238 of the starter knowledge, with 1.4 % of 1,453 real follow-ups taken for one; words in common alone saw 22
// and 40 %, with 2.6 %, and follow-ups then reached .888/.785.
//
// Tried with the last of these, and left: how much of a heading the question covers, .2 to .5 (doc2dial by passage
// +.01, gov_faq by page and orsharc lose as much); likeness to the other best passages, as feedback (-.002 to -.01
// everywhere, Success@1 most); the share of the question's words that a passage holds, as a factor (scifact and
// gov_faq by heading +.01, doc2dial by passage -.01 to -.05); words asked twice counted once; idf to a power of .8
// to 1.4 in texts; compounds typed with a hyphen for less (collections +.001, everyday -.02).
//
// By kind of question: of statements, which ask nothing and speak of nobody ("0-dimensional biomaterials lack inductive
// properties"), pairs of headings mislead (scifact .689 → .696 without them as they were, .694 → .697 as they are), and
// pieces of words at 1 instead of .2 and no pairs at all win .005 more; but what people type without a verb are statements
// too, and of those an everyday one is lost. No other collection has any, so that it would be a weight for one of them.
//
// A trade, left as it was: headings at 1 (gov_faq by heading .423/.226 → .433/.233, doc2dial by passage -.006/-.010).
// In gov_faq by heading the question was
// the heading, which its right section then lacks, so that every other section with such a heading comes before it: of
// the 40 questions it is surest of, 13 are right, and pages have no such gaps.
//
// Did not help beyond noise: k1 .9 to 2, b of any field, title 1 to 3, headings 1 to 3, pairs .2 to .8, parents .7
// to 1.5 (everyday +.01, gov -.01), or all of them and eight more features fitted together by coordinate ascent
// (best windows of 16 to 64 words, pairs of words in any order, the length of a passage, the best passage of the
// same page and of the same title): .703/.571 on what it was fitted on, and below the weights above on collections
// left out. Passages of 4,000 characters instead of 1,200: scifact +.003, mtrag_pool -.010. A bonus for the first
// passage of every document of several: cv_faq -.013. Taking the file name of a collection's documents for words:
// it won .02 only because in one of them identifiers repeat the question, so identifiers that are no paths are not
// read. Mending any unknown word within two slips: it turned "beaver" into "bearer" and "Spain" into "spin". Now
// everyday words stay as they are, slips to a letter far away on the keyboard do not count, and in short words
// only a letter doubled, swapped or left out does (typo.go). Choosing the passage of a page by the words that its
// others lack: no better than leaving out short ones. Models of confidence with products of features and the
// collection's size: no better.
//
// Words of like meaning, in the best 50 of each collection. GloVe vectors (100 dimensions), question and passage each as
// one vector: macro -.001 at a share of .1 and less with more (gov_faq by heading +.005, orsharc -.003 to -.01); each word
// that a passage lacks by the nearest word it has: at most +.005 for doc2dial by passage, +.003 for scifact and mtrag_pool,
// orsharc -.002 and more. The 200 dimensions of a singular value decomposition of each collection itself: within .003
// everywhere, orsharc -.002 to -.014.
//
// What people would ask, measured with 12,281 lines of packs and front matter. All 166 answerable gov and everyday
// questions, Success@1/@5; last the everyday paraphrases (67), then those literal, with acronyms, typing
// errors or other spelling (59). The last two rows are cross-validated, one tenth of questions at a time.
//
//	text alone                                   .44/.60   .10/.30   .75/.86
//	lines at .3                                  .48/.65   .18/.37   .76/.88
//	lines at 1.5, joined and best                .56/.80   .34/.67   .73/.90
//	text and lines as one text (both) besides    .57/.77   .37/.63   .75/.90
//	the same by kind of question                 .63/.82   .45/.75   .81/.90
//
// More lines find more. With the fusion as it is, over the same pages: everyday paraphrases (67), the other everyday
// questions (53 of each), and both with gov (166):
//
//	14,754 lines, 1,988 of them for one section          .40/.73   .85/.93   .64/.82
//	28,498 lines, 10,729                                 .54/.79   .85/.96   .70/.87
//	33,000 lines, with those of the blog                 .55/.82   .85/.96   .71/.88
//	50,249 lines, 22,165                                 .61/.85   .85/.94   .71/.89
//	the same, with words of lines nearer in rarity       .64/.90   .83/.92   .73/.90
//
// Fitted anew on the last of them, the fusion goes more by the lines: paraphrases .61/.85, the others .77/.91
// (cross-validated, all everyday questions .68/.87), so it stays; after pairs of headings changed likewise (.68/.91, and 120
// blind questions .717/.933, .717/.942 as it is). The next best two lines, as a part of their own,
// change nothing (cross-validated .63/.87 with, .63/.87 without, gov .76 and .78).
//
// Lines rank better with b .6 than with .3 (+.01); their k1 .4 to 3, and text and lines as one
// with lines at ½ to 4, rank alike. Which documents tell whether the text covers the question matters:
// the first five with lines counted rough, .61 Success@1 on everyday; by text alone .57. A second look at
// the best line for words nearly alike wins a little everywhere, cross-validated: everyday .562/.777 →
// .562/.786, gov .704/.889 → .722/.889, the knowledge that ships .870/.992 → .874/.992. Did not help:
// how near words stand in the line, how much of the line is asked, identifiers and capitals in the
// question, the share of its pairs that stood anywhere, headings of the first documents, the lines and texts
// of other pages in the same folder (literal questions lose .04), and counting a word of the question for
// less when the pages whose lines hold it seldom hold it themselves (.608/.813 → .590/.807). Words of titles
// and headings that go with the words of lines on other pages, as a translation, win .015 Success@1 and
// @5, less than a table of them would cost in memory.
// Lines left out one by one and asked as questions are no training: the lines of a page tell different
// things, so what is left of them misleads (.42/.56).
//
// Pages without lines among pages with them, with the lines of 40 of 100 pages taken away: asked for in their own words
// (22 questions), such pages were first for .18 and among five for .41, less than where no page has any (.50/.77), as lines
// score what they cannot. With .35 of their text standing in for lines, .59/.73; of 68 questions about other pages one is
// lost (.75/.98 → .74/.97). With 75 of 100 taken away, .32/.59 → .59/.77. At .25 of the text .55/.73, at .5 .64/.82, and
// .66/.91 of the other pages; by the root of the text, or capped, no better. A page with few lines is guessed for in
// part: with one line left on those pages .32/.55 → .59/.77, with two .41/.64 → .68/.77, the others .74/.96 and .72/.96.
//
// Collections without lines rank by their text alone (macro .694/.551, with shorthand .693/.550).
//
// Confidence with lines, as fitted: refused 3.6 % of everyday (4 of 112), none of 54 of gov and .8 % of the knowledge that
// ships; answered .62, .72 and .92, rightly for .92 of gov and everyday together (with answers as they were, .72 of those
// and .86). Off topic, .94 of 34 everyday questions are refused; of near misses .10 of 30 and .14 of 22 are answered. With
// the lines, a near miss looks less like any line than a real question does: before them .17 and .36 were answered, and
// .52 of everyday questions.
//
// Both models are fitted on messages that were written for it (testdata/fit: 8,532 about something else, of which 1,722
// fitted the one for pages without lines, too, and 5,144 such as people ask at work, whether a page answers or not, all
// without sight of the pages; 565 questions written from pages without sight of the lines), besides the judged collections
// and their questions, which are strangers to each other. Judged by others, which nothing was fitted on, by three other
// writers: 1,080 messages about something else, and 750 of staff about their work. Before messages told how work sounds
// (sound.go), .79 of the first were refused and .056 answered, and .10 of the second refused; with 7,736 and 4,024 messages
// .90 and .023, and .03. Refused of everyday life .91 → .97, in words of work .88 → .93, of school .91 → .97, to the bot .76
// → .88, among colleagues .78 → .90, of a citizen's own affairs .51 → .75, which pages about services for citizens are full
// of (.08 are answered).
//
// A message is heard by its sentences that ask, without the greetings and thanks round them (heardOf). Heard whole, of 152
// questions over the real pages 51 more were refused behind "Hope you are well!", 33 within that and thanks, 13 behind "sorry
// if this is the wrong channel"; now 0, 0 and 1. Two further writers' 500 messages about something else, many of them within
// such words: .876 refused and .036 answered before, .878 and .030 now (a citizen's own affairs .63); of 500 about work .012
// and .016 are refused. To refuse .02 of what can be answered instead of .019 would refuse .888, and of the everyday
// questions over the real pages .054.
//
// As the area under the curve, by one of these writers and by another, with a part of the messages: .908 and .908 before, .930 and .933 with the models
// fitted on more messages, .981 and .973 with how they sound, which alone tells .975 and .959. More messages did nothing for
// the other features, and help this one: of a first 6,423, four tenths tell .967 and .962 with them, seven tenths .973
// and .969. Worth is best summed up as a mean (a trial with 2,826: mean .962, by the root of how many .959, sum .950);
// pairs win .006; all words and pairs as features of one regression tell .936. Counting the lines as messages at work, for
// a fiftieth each, wins .002 more for .15 MB of words, and would need all pages for fitting: left. A message that sounds
// unlike work is refused whatever page holds its words (strange), which was right for 18 of the 1,080.
//
// What the other features are worth, before that and with fewer messages: .877 as it was, .930 fitted on messages, .938
// with the pairs of the question's words that stand
// together in a line, .943 with "you" and "my", .946 with how much oftener its words stand in lines than in texts, .947
// with pairs in passages (how much oftener than by chance tells no more); refusing .10 of those about work, .72 of the
// others before and .85 with all of these. Then words of everyday life, which the models were
// given before, tell nothing. Trees, boosted, of the same features .949 to .952. Left out as habits of who wrote the
// messages: how long they are, question marks, "he" (.952 with all). No help: how alike the first five passages and
// titles are without the question's words, and leaving words of everyday life that stand in the best line or passage
// out of account.
//
// Asking for a team is the surest sign of work there is. Coefficients bound to the sign that one would expect lose .004
// of the area. Whether the first page answers is told better with the 565 questions, too: .889 of the area by the 150,
// .859 before.
//
// Without lines, the eight collections refuse .925 of 370 such messages on average (.910 before; .81 to .98,
// mtrag_pool least, which is about everything), and .023 of their own (.029; mtrag_pool .069, .116 before). Samples of
// 60 and 300 of their documents refuse .05 more than before, and as few of their own.
//
// The text shown of the first hit, with the headings above it, holds the right sentences for .99 of right passages on
// doc2dial by passage and for all on the knowledge that ships, and for .98 on everyday questions, whose answers stand in
// long lists (.95 where items were cut). Of first results, right or not, it does for .76, .84 and .58, and for .74 on
// doc2dial by page (the sentences alone, in the room that the other hits have: .70, .69 and .44 of the first three).
// Sections opened where they begin show .73 instead of .70 on doc2dial by page, a second section where there is room
// .83 instead of .79 on the knowledge that ships. That a passage holds all of the question, as a share of .3, shows the right one
// for two questions more of each; lifting a section by its own best line, not only by the best of the page, for three
// more everyday ones. Did not help beyond one question: looking for the words of the line that a page was found by,
// too, other factors for leaving the beginning (1.15 and 1.5), and choosing among the best five or eight passages, each
// lifted by its own best line. Nor did choosing among all passages of a page by twelve features of each, fitted on 560
// questions whose answers are known: 459 right sections on the set left out, 468 as it is.
//
// Of everyday questions, 45 of 112 find first a page whose best passage by text is not among the 50 that are looked at
// again, as lines find it. Looking at those too, before ranking, loses two first pages; telling the models of confidence
// what stands in them, fitted anew, wins .006 and .002 of the area under their curves, and answers .05 fewer everyday
// questions.
//
// # What it costs
//
// .ci/slow scale tells all of this. Measured over the real pages (17,959 passages and 50,247 lines in one
// partition), on two cores:
//
//	a question, asked before      p50 .50 ms, p99 .9
//	  over eight partitions       1.3 times that
//	  without lines               p50 .42 ms, p99 .8
//	full index                    4.3 s by the clock, reading the files included: 4,100 passages a second
//	one changed file              .66 s until it is found
//	memory                        81 MB of its own; 144 at most, answering 699 questions
//	disk                          30 MB, 2.3 bytes for each of passages and lines
//
// The same text repeated with variation to 108,000 passages and 300,000 lines: p50 .94 ms and p99 1.4, without lines .80
// and 1.2, over eight partitions 1.3 times that; 207 MB of its own, 162 without lines; two at a time, 1.6 to 1.9 times as
// many questions a second (of 18,000 passages 1.5 to 1.7 times, as the second core then has the garbage to collect).
// Of 1,006,000 passages without lines, on a machine that was a quarter faster and with every page put together: p50 8.8 ms
// and p99 13; .94 GB of its own; 1.7 bytes on disk for each of text.
//
// What a term adds to the score where it stands depends on the view alone, so it is worked out once and kept (impact.go,
// 8 bytes a posting): before, decoded postings were kept and worked out for every question, and a search took .9 ms, of
// 108,000 passages 3.7 and of a million four times as long. Passages and lines have slots by document, so that what a
// search keeps lies together and all of it is looked through in order, without a branch where scores are compared. Not
// putting together what is not likely took a quarter of the time (of 108,000 passages with lines four tenths). Time now goes
// to passages of the hits and their snippets (three tenths), the second look (a seventh), scoring, the likely pages and
// putting them together (a tenth each) and the best lines (a twelfth). No faster: keeping the best passages of every
// document beside its other scores from the first look on, a bit for every form before its mark is looked up, and a table
// of the words read last before the map of all.
//
// Dearer than normal questions, by BenchmarkHostile: a page pasted as a question 1.6 to 2.0, compounds 1.6 to 2.0, slips
// 1.3 to 1.7, a list of common words repeated 1.0, unknown words .3; a question after eight turns that are each as long as
// is read: 1.8 to 2.0, as it is searched for three times, with the twenty words of the talk that weigh most.
package index
