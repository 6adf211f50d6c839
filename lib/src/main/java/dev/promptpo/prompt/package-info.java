/** Text for a model, from a task and a history: one template file a purpose. */
package dev.promptpo.prompt;
