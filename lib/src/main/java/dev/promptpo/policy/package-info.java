/** Python source out of a model's reply. */
package dev.promptpo.policy;
