package io.graft.torchscript.code;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The methods of a class that do nothing with a field but give what {@code torch.linear} makes of an input and it, so that a product of
 * low rank may be added to what they give in place of the field.
 */
public final class LinearCalls {
    private LinearCalls() {}

    /** The input's name by method; empty if some method does anything else with the field, or none reads it. */
    public static Optional<Map<String, String>> of(ClassText type, String field) {
        Map<String, String> inputs = new LinkedHashMap<>();
        for (MethodText method : type.methods()) {
            if (reads(method, field) > 0) {
                Optional<String> input = input(method, field);
                if (input.isEmpty()) {
                    return Optional.empty();
                }
                inputs.put(method.name(), input.get());
            }
        }
        return inputs.isEmpty() ? Optional.empty() : Optional.of(inputs);
    }

    private static long reads(MethodText method, String field) {
        String read = FieldText.read(method.receiver(), field);
        return count(method.body(), Pattern.quote(read) + "(?!\\w)");
    }

    private static long count(List<String> lines, String expression) {
        Pattern pattern = Pattern.compile("(?<![\\w.\"])" + expression);
        return lines.stream()
                .mapToLong(line -> pattern.matcher(line).results().count())
                .sum();
    }

    private static Optional<String> input(MethodText method, String field) {
        String read = FieldText.read(method.receiver(), field);
        Optional<String> weight = method.body().stream()
                .map(String::strip)
                .filter(line -> line.endsWith(" = " + read))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .findFirst();
        if (weight.isEmpty()
                || !method.name().startsWith("forward")
                || !method.head().get(method.head().size() - 1).endsWith("-> Tensor:")
                || reads(method, field) != 1
                || count(method.body(), weight.get() + "(?!\\w)") != 2) {
            return Optional.empty();
        }
        Pattern call = Pattern.compile("(return|\\w+ =) torch\\.linear\\((\\w+), " + weight.get() + "(?:, \\w+)?\\)");
        for (String line : method.body()) {
            Matcher matcher = call.matcher(line.strip());
            if (matcher.matches() && isGiven(method, matcher.group(1)) && isArgument(method, matcher.group(2))) {
                return Optional.of(matcher.group(2));
            }
        }
        return Optional.empty();
    }

    /** Whether what a call gives is what the method gives, and nothing else is done with it. */
    private static boolean isGiven(MethodText method, String target) {
        if (target.equals("return")) {
            return true;
        }
        String result = target.substring(0, target.indexOf(' '));
        String last = method.body().stream()
                .filter(line -> !line.isBlank())
                .reduce("", (earlier, later) -> later)
                .strip();
        return last.equals("return " + result) && count(method.body(), result + "(?!\\w)") == 2;
    }

    private static boolean isArgument(MethodText method, String name) {
        return method.parameters().stream()
                        .skip(1)
                        .anyMatch(argument -> argument.name().equals(name))
                && method.body().stream().noneMatch(line -> line.strip().startsWith(name + " = "));
    }
}
