package io.graft.config.reading;

import static org.junit.jupiter.api.Assertions.assertAll;

import io.graft.problem.Problem;
import io.graft.report.ReportJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wherever a value comes from, people and programs are told where that is. */
class PositionsTest {
    private static final String ENTRY = "graft.modifiers[0].";

    @ParameterizedTest
    @CsvSource({"include", "substitution", "set", "system-property", "environment"})
    void aValueIsToldWhereItStands(String source) throws IOException {
        Path folder = Golden.RESOURCES.resolve("positions").resolve(source);
        ConfigFile file = Read.file(folder.resolve("train.conf"), overrides(source));
        List<Problem> problems = EveryOption.bindAll(file.root()).problems();
        assertAll(
                () -> Golden.assertMatches(folder.resolve("plain.txt"), Problems.render(folder, problems)),
                () -> Golden.assertMatches(
                        folder.resolve("problems.json"),
                        ReportJson.pretty("config check", folder).of(Problems.in(folder, problems))));
    }

    private static ConfigOverrides overrides(String source) {
        return switch (source) {
            case "set" -> new ConfigOverrides(List.of(ENTRY + "rank=0", ENTRY + "rnak=1"), Map.of(), Map.of());
            case "system-property" ->
                new ConfigOverrides(List.of(), Map.of(ENTRY + "rank", "0", ENTRY + "rnak", "1"), Map.of());
            case "environment" -> new ConfigOverrides(List.of(), Map.of(), Map.of("LORA_RANK", "0"));
            default -> ConfigOverrides.none();
        };
    }
}
