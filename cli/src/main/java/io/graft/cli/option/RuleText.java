package io.graft.cli.option;

import io.graft.cli.output.CommandException;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.model.rules.Rule;
import io.graft.model.rules.RuleDecoder;
import io.graft.model.rules.Rules;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import java.util.List;

/** Rules of names as they are given with {@code --rename}: {@code FROM=TO}, the name of a table, or as a configuration has them. */
public final class RuleText {
    private static final String OPTION = "--rename";

    private RuleText() {}

    /**
     * The rules.
     *
     * @throws CommandException if one of them is malformed, or has a table that does not exist
     */
    public static Rules rules(List<String> texts) {
        return new Rules(texts.stream().map(RuleText::rule).toList());
    }

    private static Rule rule(String text) {
        int equals = text.lastIndexOf('=');
        if (equals >= 0 && !text.startsWith("{")) {
            return rename(text.substring(0, equals), text.substring(equals + 1));
        }
        Bound<Rule> rule = new RuleDecoder().decode(ConfigCursor.literal(text));
        if (rule instanceof Bound.Ok<Rule> ok) {
            return ok.value();
        }
        Problem problem = rule.problems().get(0);
        String help = equals < 0 ? problem.help() + "; or give FROM=TO" : problem.help();
        throw new CommandException(problem.code(), OPTION + ": " + problem.message(), help);
    }

    private static Rule rename(String from, String to) {
        try {
            return new Rule.Rename(from, to);
        } catch (IllegalArgumentException malformed) {
            throw new CommandException(ProblemCode.MALFORMED_VALUE, OPTION + ": " + malformed.getMessage(), "");
        }
    }
}
