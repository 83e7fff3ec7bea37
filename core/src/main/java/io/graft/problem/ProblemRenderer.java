package io.graft.problem;

import java.util.Comparator;
import java.util.List;

/**
 * Problems as text for people: each with its code, its place, the line with a caret, and what to know and do. The text
 * depends on nothing but the problems, so it is the same on every machine.
 */
public final class ProblemRenderer {
    private static final int MOST = 50;
    private static final int LABEL_WIDTH = 21;
    private static final int NUMBER_WIDTH = 4;
    private static final String NOTE = "     = ";
    private static final String NEXT_LINE = "       ";
    private static final Comparator<Problem> ORDER = Comparator.comparing(Problem::severity)
            .thenComparing(problem -> problem.at().map(SourceRef::file).orElse(""))
            .thenComparing(problem -> problem.at().map(SourceRef::line).orElse(0))
            .thenComparing(Problem::path)
            .thenComparing(problem -> problem.code().id());

    private final Style style;

    private ProblemRenderer(Style style) {
        this.style = style;
    }

    /** Plain text. */
    public static ProblemRenderer plain() {
        return new ProblemRenderer(Style.PLAIN);
    }

    /** Text with ANSI colours. */
    public static ProblemRenderer ansi() {
        return new ProblemRenderer(Style.ANSI);
    }

    /** The problems by severity, file, line, path and code. */
    public static List<Problem> sorted(List<Problem> problems) {
        return problems.stream().sorted(ORDER).toList();
    }

    /**
     * The problems, {@linkplain #sorted sorted}, an empty line between them, at most 50 of them and then how many more there
     * are. Ends with a line feed, unless there is no problem.
     */
    public String render(List<Problem> problems) {
        List<Problem> shown = sorted(problems).stream().limit(MOST).toList();
        int places = shown.stream().mapToInt(ProblemRenderer::placeWidth).max().orElse(0) + 2;
        StringBuilder out = new StringBuilder();
        for (Problem problem : shown) {
            if (!out.isEmpty()) {
                out.append('\n');
            }
            render(problem, LABEL_WIDTH + places, out);
        }
        if (problems.size() > MOST) {
            out.append("\nand ").append(problems.size() - MOST).append(" more\n");
        }
        return out.toString();
    }

    private void render(Problem problem, int pathColumn, StringBuilder out) {
        header(problem, pathColumn, out);
        Excerpt excerpt = problem.at().map(Excerpt::of).orElse(Excerpt.NONE);
        if (!excerpt.line().isEmpty()) {
            String number = Integer.toString(problem.at().orElseThrow().line());
            out.append(style.frame(" ".repeat(Math.max(0, NUMBER_WIDTH - number.length())) + number + " | "))
                    .append(excerpt.line())
                    .append('\n');
        }
        String says = clean(problem.message());
        String help = clean(problem.help());
        if (excerpt.marked()) {
            String all = help.isEmpty() ? says : says + "; " + help;
            out.append(style.frame(" ".repeat(NUMBER_WIDTH) + " | "))
                    .append(" ".repeat(excerpt.offset()))
                    .append(style.mark(problem.severity(), "^".repeat(excerpt.length()) + " " + all))
                    .append('\n');
        } else {
            out.append(style.frame(NOTE)).append(says).append(help.isEmpty() ? "\n" : ";\n");
            if (!help.isEmpty()) {
                out.append(NEXT_LINE).append(help).append('\n');
            }
        }
        for (String note : problem.notes()) {
            out.append(style.frame(NOTE)).append(clean(note)).append('\n');
        }
    }

    private void header(Problem problem, int pathColumn, StringBuilder out) {
        String label = Spelling.of(problem.severity()) + "[" + problem.code().id() + "]";
        String place =
                problem.at().map(SourceRef::display).map(ProblemRenderer::clean).orElse("");
        int width = label.length();
        out.append(style.label(problem.severity(), label));
        if (!place.isEmpty()) {
            String gap = gap(width, LABEL_WIDTH);
            out.append(gap).append(place);
            width += gap.length() + place.length();
        }
        if (!problem.path().isEmpty()) {
            out.append(gap(width, place.isEmpty() ? LABEL_WIDTH : pathColumn)).append(clean(problem.path()));
        }
        out.append('\n');
    }

    private static String gap(int width, int column) {
        return " ".repeat(Math.max(1, column - width));
    }

    private static int placeWidth(Problem problem) {
        return problem.at().map(at -> at.display().length()).orElse(0);
    }

    /** A file's text could otherwise steer the terminal. */
    private static String clean(String text) {
        return Printable.of(text);
    }

    /** A line of a file as it is shown, and the part of it that is marked. */
    private record Excerpt(String line, int offset, int length) {
        static final Excerpt NONE = new Excerpt("", 0, 0);
        private static final int WIDEST = 120;
        private static final int BEFORE = 40;
        private static final String CUT = "...";

        static Excerpt of(SourceRef at) {
            StringBuilder shown = new StringBuilder(at.text().stripTrailing());
            for (int i = 0; i < shown.length(); i++) {
                if (Character.isISOControl(shown.charAt(i))) {
                    shown.setCharAt(i, ' ');
                }
            }
            String line = shown.toString();
            int offset = Math.max(0, at.column() - 1);
            int length = at.column() == 0 ? 0 : Math.max(1, at.length());
            if (line.length() <= WIDEST || offset >= line.length()) {
                boolean there = offset <= line.length();
                return new Excerpt(line, there ? offset : 0, line.isEmpty() || !there ? 0 : length);
            }
            int start = offset > WIDEST - BEFORE ? offset - BEFORE : 0;
            int end = Math.min(line.length(), start + WIDEST);
            String head = start > 0 ? CUT : "";
            String tail = end < line.length() ? CUT : "";
            int from = offset - start + head.length();
            return new Excerpt(head + line.substring(start, end) + tail, from, Math.min(length, end - offset));
        }

        boolean marked() {
            return length > 0;
        }
    }

    /** How parts of a rendering look. */
    private enum Style {
        PLAIN,
        ANSI;

        String label(Severity severity, String text) {
            return coloured(severity == Severity.ERROR ? "1;31" : "1;33", text);
        }

        String mark(Severity severity, String text) {
            return coloured(severity == Severity.ERROR ? "31" : "33", text);
        }

        String frame(String text) {
            return coloured("34", text);
        }

        private String coloured(String code, String text) {
            return this == PLAIN ? text : "\u001B[" + code + "m" + text + "\u001B[0m";
        }
    }
}
