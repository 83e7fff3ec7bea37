package io.graft.testkit;

import io.graft.ModelModifier;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.ProblemRenderer;
import io.graft.registry.BoundModifier;
import io.graft.registry.RegisteredPlug;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Tests the options of a modifier as a configuration file gives them, through the provider that {@link java.util.ServiceLoader}
 * finds. Options are HOCON without {@code type}; the braces around them may be left out.
 *
 * <pre>{@code
 * ModifierTester lora = ModifierTester.of(LoraModelModifier.class);
 *
 * lora.providerIsHealthy();
 * lora.defaults("target-modules = [query]", new LoraOptions(List.of("query"), 8, 16));
 * lora.mapsEveryKey("target-modules = [key], rank = 4, alpha = 2", new LoraOptions(List.of("key"), 4, 2));
 * lora.readsFormerKeys("target-modules = [key], lora-rank = 4", "target-modules = [key], rank = 4");
 * lora.rejects("target-modules = [query], rank = 0", ProblemCode.OUT_OF_RANGE, "rank");
 * model.apply(lora.modifier("target-modules = [query]")).succeeds();
 * }</pre>
 */
public final class ModifierTester {
    private final ModifierUnderTest subject;

    private ModifierTester(ModifierUnderTest subject) {
        this.subject = subject;
    }

    /** Tests this modifier. */
    public static ModifierTester of(Class<? extends ModelModifier> modifier) {
        return of(modifier.getName(), modifier.getClassLoader());
    }

    /**
     * Tests the modifier of this name.
     *
     * @param name id, alias or class name
     */
    public static ModifierTester of(String name) {
        return of(name, ModifierTester.class.getClassLoader());
    }

    /**
     * Tests the modifier that another class loader offers, such as one over a jar that was built.
     *
     * @param name id, alias or class name
     */
    public static ModifierTester of(String name, ClassLoader loader) {
        return new ModifierTester(new ModifierUnderTest(name, loader));
    }

    /**
     * Asserts that the modifier is found, that this version of Graft can use it, that its id is its own, and that it and each
     * of its options are described.
     */
    public void providerIsHealthy() {
        List<String> complaints = ProviderHealth.complaints(subject);
        if (!complaints.isEmpty()) {
            throw new AssertionError("the provider of " + name() + " is not healthy" + lines(complaints));
        }
    }

    /** Asserts that options bind, without a warning, and returns the record. */
    public Record binds(String options) {
        OptionsText text = OptionsText.parse(options);
        List<Problem> problems = problems(text);
        if (!problems.isEmpty()) {
            throw new AssertionError("the options of " + name() + " do not bind cleanly\n" + rendered(problems));
        }
        return optionsOf(text);
    }

    /** Asserts that options bind, without a warning, to this record. */
    public void binds(String options, Record expected) {
        String difference = RecordDifference.of(expected, binds(options));
        if (!difference.isEmpty()) {
            throw new AssertionError("the options of " + name() + " bind to other values" + difference);
        }
    }

    /**
     * Asserts what the options are that a file does not give.
     *
     * @param required the keys that a file must give, and no other; may be empty
     */
    public void defaults(String required, Record expected) {
        List<String> optional = coverage().optional(OptionsText.parse(required));
        if (!optional.isEmpty()) {
            throw new AssertionError(
                    "leave out what a file may leave out, so that the defaults show: " + String.join(", ", optional));
        }
        binds(required, expected);
    }

    /**
     * Asserts that every key is read, into the component it is for.
     *
     * @param options every key of the modifier, none with its default; a key of nested records once at least
     */
    public void mapsEveryKey(String options, Record expected) {
        binds(options, expected);
        OptionsText text = OptionsText.parse(options);
        List<String> missing = coverage().missing(text);
        if (!missing.isEmpty()) {
            throw new AssertionError("these keys of " + name() + " are not given: " + String.join(", ", missing));
        }
        List<String> idle = coverage().idle(text);
        if (!idle.isEmpty()) {
            throw new AssertionError("these keys of " + name()
                    + " have their default, so that nothing shows that they are read: " + String.join(", ", idle));
        }
    }

    /** Asserts that options bind with one warning, such as that of a key with a newer name, and returns the record. */
    public Record warns(String options, ProblemCode code, String path) {
        OptionsText text = OptionsText.parse(options);
        List<Problem> problems = problems(text);
        boolean expected = problems.size() == 1 && !problems.get(0).isError() && isAt(problems.get(0), code, path);
        if (!expected) {
            throw new AssertionError("the options of " + name() + " should give one warning, [" + code.id() + "] at `"
                    + path + "`" + instead(problems));
        }
        return optionsOf(text);
    }

    /**
     * Asserts that what keys were called before is still read, and warned of.
     *
     * @param former options that give every former name of a key once
     * @param current the same options by the names of today
     */
    public void readsFormerKeys(String former, String current) {
        OptionsText text = OptionsText.parse(former);
        List<Problem> problems = problems(text);
        if (problems.isEmpty() || problems.stream().anyMatch(ModifierTester::isNoFormerKey)) {
            throw new AssertionError("the options of " + name() + " should give warnings of ["
                    + ProblemCode.DEPRECATED_KEY.id() + "] alone" + instead(problems));
        }
        String difference = RecordDifference.of(binds(current), optionsOf(text));
        if (!difference.isEmpty()) {
            throw new AssertionError("the former keys of " + name() + " bind to other values" + difference);
        }
        List<String> missing = coverage().missingFormerKeys(text);
        if (!missing.isEmpty()) {
            throw new AssertionError(
                    "these former keys of " + name() + " are not given: " + String.join(", ", missing));
        }
    }

    /** Asserts that options are refused, and returns every problem, sorted as a report shows them. */
    public List<Problem> rejects(String options) {
        List<Problem> problems = problems(OptionsText.parse(options));
        if (problems.stream().noneMatch(Problem::isError)) {
            throw new AssertionError("the options of " + name() + " should be refused" + instead(problems));
        }
        return ProblemRenderer.sorted(problems);
    }

    /** Asserts that options are refused for one reason, and returns it. */
    public Problem rejects(String options, ProblemCode code) {
        List<Problem> errors = errors(OptionsText.parse(options));
        if (errors.size() != 1 || errors.get(0).code() != code) {
            throw new AssertionError(
                    "the options of " + name() + " should be refused with [" + code.id() + "] alone" + instead(errors));
        }
        return errors.get(0);
    }

    /**
     * Asserts that options are refused for one reason, and returns it.
     *
     * @param path the key at fault as the options write it, {@code rename[0].from}
     */
    public Problem rejects(String options, ProblemCode code, String path) {
        List<Problem> errors = errors(OptionsText.parse(options));
        if (errors.size() != 1 || !isAt(errors.get(0), code, path)) {
            throw new AssertionError("the options of " + name() + " should be refused with [" + code.id() + "] at `"
                    + path + "` alone" + instead(errors));
        }
        return errors.get(0);
    }

    /** The modifier that a configuration with these options makes. */
    public ModelModifier modifier(String options) {
        Bound<BoundModifier> bound = bound(OptionsText.parse(options));
        if (bound instanceof Bound.Ok<BoundModifier> ok) {
            return ok.value().modifier();
        }
        throw new AssertionError("the options of " + name() + " do not bind\n" + rendered(bound.problems()));
    }

    private String name() {
        return "`" + subject.registered().id() + "`";
    }

    private Bound<BoundModifier> bound(OptionsText options) {
        RegisteredPlug<ModelModifier> registered = subject.registered();
        return subject.registry().bind(0, options.entry(registered.descriptor().className()));
    }

    private List<Problem> problems(OptionsText options) {
        return bound(options).problems();
    }

    private List<Problem> errors(OptionsText options) {
        return problems(options).stream().filter(Problem::isError).toList();
    }

    private Record optionsOf(OptionsText options) {
        ConfigCursor cursor = options.cursor();
        if (subject.binder().bind(cursor) instanceof Bound.Ok<?> ok) {
            return (Record) ok.value();
        }
        throw new AssertionError("the binder of " + name() + " refuses what its provider accepts; build again");
    }

    private KeyCoverage coverage() {
        return new KeyCoverage(
                subject.registered().descriptor().options(),
                options -> subject.binder().bind(options.cursor()));
    }

    private static boolean isNoFormerKey(Problem problem) {
        return problem.code() != ProblemCode.DEPRECATED_KEY;
    }

    private static boolean isAt(Problem problem, ProblemCode code, String path) {
        return problem.code() == code && problem.path().equals(path);
    }

    private static String instead(List<Problem> problems) {
        return problems.isEmpty() ? ", but they bind" : ", but these are the problems\n" + rendered(problems);
    }

    private static String rendered(List<Problem> problems) {
        return ProblemRenderer.plain().render(problems).stripTrailing();
    }

    private static String lines(List<String> complaints) {
        return complaints.stream().map(line -> "\n- " + line).collect(Collectors.joining());
    }
}
