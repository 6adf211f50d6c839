package dev.promptpo.llm;

/**
 * Who is asked.
 *
 * @param kind {@code gemini}, {@code openai}, {@code anthropic}, {@code ollama}, {@code replay},
 *     {@code relay} or {@code scripted}
 * @param model the model's name, {@code unknown} where unknown
 * @param note one line for a table or a caption, for example where a recording comes from
 */
public record ModelIdentity(String kind, String model, String note) {}
