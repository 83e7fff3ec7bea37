package io.graft.torchscript.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the places where the methods of modules read certain fields, and puts calls there. A read by a variable of which it is not
 * known which module it holds is refused.
 *
 * @param <M> a module
 */
public final class MethodReads<M> {
    private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern SET = Pattern.compile("\\s*([A-Za-z_]\\w*) = ");

    private final BiFunction<M, String, Optional<M>> child;
    private final BiFunction<M, String, Boolean> wanted;
    private final Pattern plain;
    private final Pattern taken;
    private final Map<String, String> byQuoted;
    private final boolean strict;

    /**
     * @param child the module that a field of a module holds; empty if it holds none
     * @param wanted whether reads of a field of a module are looked for
     * @param fields the names of all fields that are wanted of some module
     */
    public MethodReads(
            BiFunction<M, String, Optional<M>> child, BiFunction<M, String, Boolean> wanted, Set<String> fields) {
        this(child, wanted, fields, true);
    }

    /**
     * @param strict whether a read is refused of which it is not known of which module it is; an assignment always is
     */
    public MethodReads(
            BiFunction<M, String, Optional<M>> child,
            BiFunction<M, String, Boolean> wanted,
            Set<String> fields,
            boolean strict) {
        this.strict = strict;
        this.child = child;
        this.wanted = wanted;
        this.byQuoted = fields.stream().collect(Collectors.toMap(FieldText::quoted, field -> field));
        this.plain =
                Pattern.compile("(?<![\\w.)\"\\]])(" + ModuleVariables.CHAIN + ")\\.(" + any(fields) + ")(?!\\w|\\()");
        this.taken = Pattern.compile("getattr\\((" + ModuleVariables.CHAIN + "), (" + any(byQuoted.keySet()) + ")\\)");
    }

    private static String any(Set<String> texts) {
        return texts.stream().map(Pattern::quote).collect(Collectors.joining("|"));
    }

    /** A read with its place in a line. */
    private record Place<M>(M module, String field, String chain, int start, int end) {}

    /**
     * The reads of a method.
     *
     * @param receiver what the method is called on
     * @throws CodeRefusal if a read is of a module that is not known, or if a field is assigned
     */
    public List<WeightRead<M>> find(MethodText method, M receiver, String className) {
        List<WeightRead<M>> reads = new ArrayList<>();
        ModuleVariables<M> variables = new ModuleVariables<>(child, method.receiver(), receiver);
        for (String line : method.body()) {
            for (Place<M> place : places(line, variables, where(method, className))) {
                Optional<Product> product =
                        ProductCall.of(method.body(), weight(line, place)).map(ProductCall::product);
                reads.add(new WeightRead<>(place.module(), place.field(), product));
            }
            variables.learn(line);
        }
        return reads;
    }

    /**
     * The method with calls in the place of reads.
     *
     * @param replacement what takes the place of reading a wanted field of a module
     * @throws CodeRefusal as {@link #find} does
     */
    public MethodText rewrite(
            MethodText method, M receiver, String className, BiFunction<M, String, Replacement> replacement) {
        ModuleVariables<M> variables = new ModuleVariables<>(child, method.receiver(), receiver);
        List<String> body = new ArrayList<>();
        List<Runnable> products = new ArrayList<>();
        for (String line : method.body()) {
            String rewritten = line;
            List<Place<M>> places = places(line, variables, where(method, className));
            for (int i = places.size() - 1; i >= 0; i--) {
                Place<M> place = places.get(i);
                Replacement by = replacement.apply(place.module(), place.field());
                String read = line.substring(place.start(), place.end());
                String weight = weight(line, place);
                if (by.whole().isPresent() && by.product().isEmpty()) {
                    String whole = call(place.chain(), by.whole().get()) + "()";
                    rewritten = rewritten.substring(0, place.start()) + whole + rewritten.substring(place.end());
                    weight = weight.equals(read) ? whole : weight;
                }
                String used = weight;
                by.beside()
                        .ifPresent(beside -> products.add(() ->
                                ProductCall.of(body, used).orElseThrow().wrap(body, call(place.chain(), beside))));
                by.product()
                        .ifPresent(product ->
                                products.add(() -> ProductCall.replace(body, used, call(place.chain(), product))));
            }
            body.add(rewritten);
            variables.learn(line);
        }
        products.forEach(Runnable::run);
        return new MethodText(method.name(), method.parameters(), method.head(), body);
    }

    private static String call(String chain, String method) {
        return "(" + chain + ")." + method;
    }

    private static String where(MethodText method, String className) {
        return "`" + method.name() + "` of `" + className + "`";
    }

    /** What stands for a field where it is used: the variable that a line sets to nothing but it, else what reads it. */
    private static String weight(String line, Place<?> place) {
        Matcher set = SET.matcher(line);
        return set.lookingAt() && set.end() == place.start() && place.end() == line.length()
                ? set.group(1)
                : line.substring(place.start(), place.end());
    }

    /** The wanted reads of a line, in order. */
    private List<Place<M>> places(String line, ModuleVariables<M> variables, String where) {
        List<Place<M>> places = new ArrayList<>();
        if (byQuoted.isEmpty()) {
            return places;
        }
        if (line.indexOf('.') >= 0) {
            Matcher matcher = plain.matcher(withoutTexts(line));
            while (matcher.find()) {
                place(line, matcher, matcher.group(2), variables, where).ifPresent(places::add);
            }
        }
        if (line.contains("getattr(")) {
            Matcher matcher = taken.matcher(line);
            while (matcher.find()) {
                place(line, matcher, byQuoted.get(matcher.group(2)), variables, where)
                        .ifPresent(places::add);
            }
        }
        places.sort((one, other) -> Integer.compare(one.start(), other.start()));
        return places;
    }

    private Optional<Place<M>> place(
            String line, Matcher matcher, String field, ModuleVariables<M> variables, String where) {
        String chain = matcher.group(1);
        if (ModuleVariables.isForeign(chain)) {
            return Optional.empty();
        }
        boolean assigned = line.startsWith(" = ", matcher.end());
        if (!variables.knows(chain)) {
            if (strict || assigned) {
                throw new CodeRefusal(where + (assigned ? " assigns `" : " reads `") + chain + "." + field
                        + "`, and its code does not tell of which module");
            }
            return Optional.empty();
        }
        Optional<M> module = variables.module(chain).filter(holder -> wanted.apply(holder, field));
        if (module.isPresent() && assigned) {
            throw new CodeRefusal(where + " assigns `" + chain + "." + field + "`");
        }
        return module.map(holder -> new Place<>(holder, field, chain, matcher.start(), matcher.end()));
    }

    /** The line with all texts in it blank, so that nothing in them counts. */
    private static String withoutTexts(String line) {
        return line.indexOf('"') < 0
                ? line
                : STRING.matcher(line)
                        .replaceAll(text -> "\"" + " ".repeat(text.group().length() - 2) + "\"");
    }
}
