package dev.promptpo.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PriceTableTest {
    private static final String OWN =
            """
            {"schema": 1, "currency": "EUR", "prices": [
              {"model": "gemini:some-*", "input": 2, "cached_input": 0.5, "output": 10,
               "date": "2026-11-01", "source": "the invoice"},
              {"model": "gemini:*", "input": 1, "output": 1, "date": "2026-11-01",
               "source": "a guess"}]}
            """;

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "replay",
                "replay:some/file.json",
                "scripted",
                "ollama:qwen3:8b",
                "openai:any@http://localhost:8080/v1",
                "openai:org/name@http://127.0.0.1:8000/v1"
            })
    void whatRunsOnThisMachineCostsNothing(String model) {
        Price price = PriceTable.load(Map.of(), folder).of(model).orElseThrow();
        assertThat(price.of(new TokenUsage(1_000_000, 0, 1_000_000))).isZero();
        assertThat(price.source()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gemini:some-model",
                "openai:some-model",
                "anthropic:some-model",
                "relay:answers",
                "ollama:some-model@https://example.org",
                "openai:some-model@http://localhost.example.org/v1"
            })
    void whatElseCostsIsUnknown(String model) {
        assertThat(PriceTable.load(Map.of(), folder).of(model)).isEqualTo(Optional.empty());
    }

    @Test
    void theUsersTableComesFirst() throws Exception {
        Files.writeString(folder.resolve(PriceTable.FILE), OWN);
        PriceTable prices = PriceTable.load(Map.of(), folder);

        Price some = prices.of("gemini:some-model").orElseThrow();
        assertThat(some.of(new TokenUsage(1_000_000, 400_000, 100_000))).isEqualTo(1.2 + 0.2 + 1);
        assertThat(some.currency()).isEqualTo("EUR");
        assertThat(some.source()).startsWith("the invoice, 2026-11-01");
        assertThat(prices.of("gemini:other").orElseThrow().cachedInput()).isEqualTo(1);
        assertThat(prices.of("ollama:some")).isPresent();
        assertThat(prices.of("openai:some")).isEmpty();
    }

    @Test
    void whatWritingToACacheCostsIsInputUnlessItIsSaid() throws Exception {
        Files.writeString(
                folder.resolve(PriceTable.FILE),
                """
                {"schema": 1, "currency": "EUR", "prices": [
                  {"model": "anthropic:dear", "input": 2, "cache_write": 2.5, "output": 10,
                   "date": "2026-11-01", "source": "the invoice"},
                  {"model": "anthropic:*", "input": 2, "output": 10, "date": "2026-11-01",
                   "source": "the invoice"}]}
                """);
        PriceTable prices = PriceTable.load(Map.of(), folder);
        TokenUsage written = new TokenUsage(1_000_000, 0, 0, 1_000_000);
        assertThat(prices.of("anthropic:dear").orElseThrow().of(written)).isEqualTo(2.5);
        assertThat(prices.of("anthropic:other").orElseThrow().of(written)).isEqualTo(2);
    }

    @Test
    void theEnvironmentNamesAnotherFile() throws Exception {
        Path named = Files.writeString(folder.resolve("own.json"), OWN);
        Map<String, String> environment = Map.of("PROMPTPO_PRICES", named.toString());
        assertThat(PriceTable.load(environment, folder).of("gemini:other")).isPresent();
        assertThatThrownBy(() ->
                        PriceTable.load(Map.of("PROMPTPO_PRICES", named + ".missing"), folder))
                .hasMessageContaining("cannot read the prices in");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{ | is not JSON",
                "{} | expected \"schema\": 1",
                "{\"schema\": 2, \"prices\": []} | expected \"schema\": 1",
                "{\"schema\":1,\"currency\":\"EUR\",\"prices\":[{}]} | expected a \"model\"",
                "{\"schema\":1,\"prices\":[{\"model\":\"m\",\"date\":\"d\",\"source\":\"s\","
                        + "\"input\":1,\"output\":1}]} | expected a \"currency\"",
                "{\"schema\":1,\"currency\":\"EUR\",\"prices\":[{\"model\":\"m\",\"date\":\"d\","
                        + "\"source\":\"s\",\"input\":\"1\",\"output\":1}]} | expected a number for",
                "{\"schema\":1,\"currency\":\"EUR\",\"prices\":[{\"model\":\"m\",\"date\":\"d\","
                        + "\"source\":\"s\",\"input\":1,\"output\":1,\"cache_write\":\"1\"}]}"
                        + " | expected a number for",
                "{\"schema\":1,\"currency\":\"EUR\",\"prices\":[{\"model\":\"m\",\"date\":\"d\","
                        + "\"source\":\"s\",\"input\":-1,\"output\":1}]} | 0 or more"
            })
    void aTableThatIsNoneSaysWhere(String text, String message) throws Exception {
        Files.writeString(folder.resolve(PriceTable.FILE), text);
        assertThatThrownBy(() -> PriceTable.load(Map.of(), folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(PriceTable.FILE)
                .hasMessageContaining(message);
    }

    @Test
    void aBudgetOfMoneyNeedsAPrice() {
        PriceTable prices = PriceTable.load(Map.of(), folder);
        assertThat(Budget.limits().calls(3).priced("gemini:some", prices).price()).isEmpty();
        assertThat(Budget.limits().money(3).priced("scripted", prices).price()).isPresent();
        assertThatThrownBy(() -> Budget.limits().money(3).priced("gemini:some", prices))
                .hasMessageContaining("the price of gemini:some, which is not known")
                .hasMessageContaining("promptpo-prices.json");
    }
}
