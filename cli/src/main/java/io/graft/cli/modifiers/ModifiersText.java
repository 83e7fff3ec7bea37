package io.graft.cli.modifiers;

import io.graft.cli.output.TextTable;
import io.graft.problem.Printable;
import io.graft.problem.Problem;
import io.graft.registry.PlugDescriptor;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import io.graft.registry.PlugRegistry;
import io.graft.registry.RegisteredPlug;
import java.io.PrintWriter;

/** Modifiers for people. */
final class ModifiersText {
    private static final int WIDTH = 100;

    private final PrintWriter out;

    ModifiersText(PrintWriter out) {
        this.out = out;
    }

    /** One line for each, then what keeps others from being used. */
    void print(PlugRegistry registry) {
        TextTable table = new TextTable();
        for (RegisteredPlug<?> modifier : registry.modifiers()) {
            row(table, modifier, "usable");
        }
        for (RegisteredPlug<?> modifier : registry.sharingAnId()) {
            row(table, modifier, "usable as " + modifier.descriptor().className());
        }
        table.print(out, "");
        if (registry.modifiers().isEmpty() && registry.sharingAnId().isEmpty()) {
            out.println("no modifiers are found; put a jar of them into extensions/ or give --extensions");
        }
        registry.modifierProblems().forEach(problem -> out.println("! " + Printable.of(line(problem))));
    }

    private static void row(TextTable table, RegisteredPlug<?> modifier, String state) {
        table.row(
                modifier.id(),
                modifier.version().isEmpty() ? "-" : Printable.of(modifier.version()),
                Printable.of(modifier.origin()),
                "API " + modifier.apiLevel(),
                state,
                Printable.of(modifier.descriptor().summary()));
    }

    /** What it does, and every option. */
    void print(RegisteredPlug<?> modifier) {
        PlugDescriptor descriptor = modifier.descriptor();
        out.println(descriptor.id() + "  (" + Printable.of(modifier.origin()) + ")");
        out.println();
        printLines("", descriptor.documentation());
        if (!descriptor.aliases().isEmpty()) {
            out.println();
            out.println("also: " + String.join(", ", descriptor.aliases()));
        }
        if (!descriptor.options().isEmpty()) {
            out.println();
            out.println("options");
        }
        for (OptionDescriptor option : descriptor.options()) {
            out.println("  " + option.key() + ": " + option.type() + presence(option) + constraints(option)
                    + names(option));
            printLines("      ", option.documentation());
        }
    }

    /** Documentation as paragraphs that fit the screen. */
    private void printLines(String indent, String text) {
        for (String paragraph : text.lines().toList()) {
            StringBuilder line = new StringBuilder(indent);
            for (String word : Printable.of(paragraph).split(" ")) {
                if (line.length() + word.length() > WIDTH && line.length() > indent.length()) {
                    out.println(line.toString().stripTrailing());
                    line.setLength(indent.length());
                }
                line.append(word).append(' ');
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static String line(Problem problem) {
        return problem.message() + (problem.help().isEmpty() ? "" : "; " + problem.help());
    }

    private static String presence(OptionDescriptor option) {
        if (option.required()) {
            return ", required";
        }
        return option.defaultValue().isEmpty() ? "" : ", default " + option.defaultValue();
    }

    private static String names(OptionDescriptor option) {
        return (option.secret() ? ", never shown" : "")
                + (option.aliases().isEmpty() ? "" : ", also " + String.join(", ", option.aliases()))
                + (option.formerKeys().isEmpty() ? "" : ", formerly " + String.join(", ", option.formerKeys()));
    }

    private static String constraints(OptionDescriptor option) {
        return option.constraints().isEmpty() ? "" : ", " + String.join(", ", option.constraints());
    }
}
