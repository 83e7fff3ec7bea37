package io.graft.torchscript.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A call in a line of code.
 *
 * @param function what is called, as it is written before the parenthesis
 * @param start where the function begins
 * @param end behind the closing parenthesis
 * @param arguments in order, with their places
 */
record CallText(String function, int start, int end, List<Argument> arguments) {
    CallText {
        arguments = List.copyOf(arguments);
    }

    /**
     * What a call is given.
     *
     * @param text without spaces around it
     * @param start where it begins in the line
     */
    record Argument(String text, int start) {
        int end() {
            return start + text.length();
        }
    }

    /** The innermost call that a place of a line is an argument of; empty if it is in none. */
    static Optional<CallText> around(String line, int place) {
        int depth = 0;
        for (int at = place - 1; at >= 0; at--) {
            int step = MethodText.step(line.charAt(at));
            if (step > 0 && depth == 0) {
                return line.charAt(at) == '(' ? at(line, at) : Optional.empty();
            }
            depth -= step;
        }
        return Optional.empty();
    }

    /** The call of which a parenthesis opens the arguments; empty if it opens something else, or is not closed. */
    static Optional<CallText> at(String line, int open) {
        int start = open;
        while (start > 0 && isPartOfName(line.charAt(start - 1))) {
            start--;
        }
        List<Argument> arguments = new ArrayList<>();
        int depth = 0;
        int from = open + 1;
        boolean text = false;
        for (int at = open + 1; at < line.length() && start < open; at++) {
            char character = line.charAt(at);
            if (character == '"' && line.charAt(at - 1) != '\\') {
                text = !text;
            } else if (!text && depth == 0 && (character == ',' || character == ')')) {
                String argument = line.substring(from, at).strip();
                if (!argument.isEmpty()) {
                    arguments.add(new Argument(argument, line.indexOf(argument, from)));
                }
                from = at + 1;
                if (character == ')') {
                    return Optional.of(new CallText(line.substring(start, open), start, at + 1, arguments));
                }
            } else if (!text) {
                depth += MethodText.step(character);
            }
        }
        return Optional.empty();
    }

    private static boolean isPartOfName(char character) {
        return Character.isLetterOrDigit(character) || character == '_' || character == '.';
    }

    /** The text of an argument; empty if there are fewer. */
    Optional<String> argument(int index) {
        return index < arguments.size() ? Optional.of(arguments.get(index).text()) : Optional.empty();
    }
}
