/**
 * What happened in a run, durable: {@code run.json}, {@code events.jsonl} and {@code payloads/}.
 *
 * <p>{@link dev.promptpo.ledger.Ledger} is the only writer of a folder at a time; {@link
 * dev.promptpo.ledger.LedgerReader} reads it at any time, also while it is written. The format and
 * its promises are in {@code docs/ledger.md}.
 */
package dev.promptpo.ledger;
