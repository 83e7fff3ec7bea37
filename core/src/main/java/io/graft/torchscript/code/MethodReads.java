package io.graft.torchscript.code;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts calls of methods in the place of reads of fields, in the methods of one class. Code is printed in steps, each of which has a
 * name, so that it is known of every variable which module it is; a read by a variable of which that is not known is refused.
 *
 * @param <M> a module
 */
final class MethodReads<M> {
    private static final String CHAIN = "[A-Za-z_]\\w*(?:\\.[A-Za-z_]\\w*)*";
    private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern NAMED = Pattern.compile("\\s*([A-Za-z_]\\w*) = (" + CHAIN + ")");
    private static final Pattern TAKEN =
            Pattern.compile("\\s*([A-Za-z_]\\w*) = getattr\\((" + CHAIN + "), (\".*\")\\)");
    private static final Set<String> NO_VARIABLES = Set.of("torch", "ops", "CONSTANTS", "__torch__");

    private final BiFunction<M, String, Optional<M>> child;
    private final BiFunction<M, String, Optional<String>> replacement;
    private final Set<String> fields;
    private final Set<M> read = new HashSet<>();
    private final Set<M> readElsewhere = new HashSet<>();
    private Optional<M> self = Optional.empty();
    private String where = "";
    private Map<String, M> variables = Map.of();

    /**
     * @param child the module that a field of a module holds; empty if it holds none
     * @param replacement the method that is called in the place of a field of a module; empty if the field is read
     * @param fields all names that some module has such a method for
     */
    MethodReads(
            BiFunction<M, String, Optional<M>> child,
            BiFunction<M, String, Optional<String>> replacement,
            Set<String> fields) {
        this.child = child;
        this.replacement = replacement;
        this.fields = fields;
    }

    /** The modules of which a read was found. */
    Set<M> read() {
        return read;
    }

    /** Those of which a read was found in code of another module. */
    Set<M> readElsewhere() {
        return readElsewhere;
    }

    /**
     * The method with calls in the place of reads.
     *
     * @param receiver what the method is called on
     * @throws CodeRefusal if a read is of a module that is not known, or if the field is assigned
     */
    MethodText rewrite(MethodText method, M receiver, String className) {
        where = "`" + method.name() + "` of `" + className + "`";
        self = Optional.of(receiver);
        variables = new HashMap<>();
        variables.put(method.receiver(), receiver);
        List<String> body = new ArrayList<>();
        for (String line : method.body()) {
            body.add(rewrite(line));
            learn(line);
        }
        return new MethodText(method.name(), method.parameters(), method.head(), body);
    }

    private void learn(String line) {
        Matcher taken = TAKEN.matcher(line);
        Matcher named = NAMED.matcher(line);
        if (taken.matches()) {
            String quoted = taken.group(3);
            set(
                    taken.group(1),
                    module(taken.group(2))
                            .flatMap(module -> child.apply(module, quoted.substring(1, quoted.length() - 1))));
        } else if (named.matches()) {
            set(named.group(1), module(named.group(2)));
        }
    }

    private void set(String variable, Optional<M> module) {
        module.ifPresentOrElse(found -> variables.put(variable, found), () -> variables.remove(variable));
    }

    /** The module that a chain of fields leads to. */
    private Optional<M> module(String chain) {
        String[] steps = chain.split("\\.");
        Optional<M> module = Optional.ofNullable(variables.get(steps[0]));
        for (int i = 1; i < steps.length; i++) {
            String step = steps[i];
            module = module.flatMap(holder -> child.apply(holder, step));
        }
        return module;
    }

    private String rewrite(String line) {
        String rewritten = line;
        for (String field : fields) {
            rewritten = rewritePlain(rewritten, field);
            rewritten = rewriteTaken(rewritten, field);
        }
        return rewritten;
    }

    private String rewritePlain(String line, String field) {
        Matcher matcher = Pattern.compile("(?<![\\w.)\"\\]])(" + CHAIN + ")\\." + Pattern.quote(field) + "(?!\\w|\\()")
                .matcher(withoutTexts(line));
        return replace(line, matcher, field);
    }

    private String rewriteTaken(String line, String field) {
        Matcher matcher = Pattern.compile(
                        "getattr\\((" + CHAIN + "), " + Pattern.quote(FieldText.quoted(field)) + "\\)")
                .matcher(line);
        return replace(line, matcher, field);
    }

    private String replace(String line, Matcher matcher, String field) {
        StringBuilder result = new StringBuilder();
        int from = 0;
        while (matcher.find()) {
            String chain = matcher.group(1);
            Optional<String> method = method(chain, field);
            if (method.isPresent()) {
                if (line.substring(matcher.end()).matches(" = .*")) {
                    throw new CodeRefusal(where + " assigns `" + chain + "." + field + "`");
                }
                result.append(line, from, matcher.start())
                        .append('(')
                        .append(chain)
                        .append(").")
                        .append(method.get())
                        .append("()");
                from = matcher.end();
            }
        }
        return result.append(line, from, line.length()).toString();
    }

    private Optional<String> method(String chain, String field) {
        String variable = chain.contains(".") ? chain.substring(0, chain.indexOf('.')) : chain;
        if (NO_VARIABLES.contains(variable)) {
            return Optional.empty();
        }
        if (!variables.containsKey(variable)) {
            throw new CodeRefusal(
                    where + " reads `" + chain + "." + field + "`, and its code does not tell of which module");
        }
        Optional<M> module = module(chain);
        Optional<String> method = module.flatMap(holder -> replacement.apply(holder, field));
        if (method.isPresent()) {
            read.add(module.orElseThrow());
            if (!module.equals(self)) {
                readElsewhere.add(module.orElseThrow());
            }
        }
        return method;
    }

    /** The line with all texts in it blank, so that nothing in them counts. */
    private static String withoutTexts(String line) {
        return STRING.matcher(line)
                .replaceAll(text -> "\"" + " ".repeat(text.group().length() - 2) + "\"");
    }
}
