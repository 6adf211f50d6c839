package dev.promptpo.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * One line of {@code events.jsonl}.
 *
 * @param sequence from 1, without gaps
 * @param time UTC
 * @param type for example {@code candidate_finished}; see {@code docs/ledger.md}
 * @param fields everything else
 */
public record Event(long sequence, Instant time, String type, ObjectNode fields) {}
