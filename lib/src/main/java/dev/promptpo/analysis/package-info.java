/**
 * Reads ledgers into tables, curves and statistics; runs nothing and asks no model.
 *
 * <p>Tables are derived from a run's events alone, so the same calls work on a run that is still
 * going, on one that ended and on a folder that someone else sent.
 */
package dev.promptpo.analysis;
