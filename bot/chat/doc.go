// Package chat is the contract between Liaison and the platforms people talk on.
//
// Start with event.go (what arrives) and reply.go (what is said): they are the vocabulary of the
// whole program. A platform's event becomes an [Event]; a command turns it into a [Reply]; the
// platform's [Adapter] renders the Reply natively. A Reply says what it means (an answer with
// sources, people with reasons, a choice), never how it looks, so that no platform is the weakest.
//
// # The ten promises of an adapter
//
// The suite in chattest holds every adapter to them:
//
//  1. It stores an event (Inbox.Put) and only then acknowledges it, within the platform's deadline,
//     and before the work is done.
//  2. Unless the command or action opens a form: then it answers with the form, directly.
//  3. It never delivers its own messages, nor those of other bots.
//  4. Event.ID is the platform's own delivery id, the same when the platform delivers again.
//  5. The room's scope is ScopeUnknown unless it is known, and unknown counts as public.
//  6. It renders every Block, splits what is too long, and cuts nothing silently.
//  7. No text of any origin can ping people, hide where a link leads, or unfurl.
//  8. A private reply reaches one person or fails.
//  9. It honours Retry-After, reconnects with backoff, and reports its status.
//  10. Run returns only when the replies in flight have been sent.
//
// The package imports the standard library only.
package chat
