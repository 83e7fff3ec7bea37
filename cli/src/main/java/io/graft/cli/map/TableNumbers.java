package io.graft.cli.map;

import io.graft.cli.output.CommandException;
import io.graft.problem.ProblemCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The numbers that a person gives for tables of names. */
final class TableNumbers {
    private TableNumbers() {}

    /**
     * @param given {@code heads=32}
     * @throws CommandException if what is given are no numbers
     */
    static Map<String, Integer> of(List<String> given) {
        Map<String, Integer> numbers = new HashMap<>();
        for (String text : given) {
            int equals = text.indexOf('=');
            String number = equals < 0 ? "" : text.substring(equals + 1).strip();
            if (!number.matches("\\d{1,9}")) {
                throw new CommandException(
                        ProblemCode.MALFORMED_VALUE,
                        "--number: `" + text + "` is no name with a number",
                        "give heads=32");
            }
            numbers.put(text.substring(0, equals).strip(), Integer.parseInt(number));
        }
        return numbers;
    }
}
