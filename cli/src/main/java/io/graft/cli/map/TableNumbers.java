package io.graft.cli.map;

import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.cli.output.CommandException;
import io.graft.problem.ProblemCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The numbers that tables of names need: what a person gives, and what lies beside the checkpoint. */
final class TableNumbers {
    private static final String HEADS = "heads";
    private static final String KEY_VALUE_HEADS = "key-value-heads";

    private final Map<String, Integer> numbers = new HashMap<>();

    private TableNumbers() {}

    /**
     * @param given {@code heads=32}
     * @param folder that the checkpoint lies in; empty if it was fetched
     * @throws CommandException if what is given are no numbers
     */
    static Map<String, Integer> of(List<String> given, Optional<Path> folder) {
        TableNumbers known = new TableNumbers();
        folder.ifPresent(known::read);
        for (String text : given) {
            int equals = text.indexOf('=');
            String number = equals < 0 ? "" : text.substring(equals + 1).strip();
            if (!number.matches("\\d{1,9}")) {
                throw new CommandException(
                        ProblemCode.MALFORMED_VALUE,
                        "--number: `" + text + "` is no name with a number",
                        "give heads=32");
            }
            known.numbers.put(text.substring(0, equals).strip(), Integer.parseInt(number));
        }
        return known.numbers;
    }

    /** Meta's own file; that of transformers is read with the checkpoint. */
    private void read(Path folder) {
        Path file = folder.resolve("params.json");
        if (Files.isRegularFile(file)) {
            Map<String, Object> values = ModelConfiguration.of(file).values();
            ModelConfiguration.whole(values, "n_heads").ifPresent(heads -> {
                numbers.put(HEADS, heads.intValue());
                numbers.put(
                        KEY_VALUE_HEADS,
                        ModelConfiguration.whole(values, "n_kv_heads")
                                .orElse(heads)
                                .intValue());
            });
        }
    }
}
