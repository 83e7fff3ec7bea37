package io.graft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.model.tree.Selector;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Shape;
import io.graft.testkit.Samples.Demo;
import io.graft.testkit.Samples.DemoOptions;
import io.graft.testkit.Samples.Idle;
import io.graft.testkit.Samples.Rule;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class ModifierTesterTest {
    private static final String EVERY_KEY =
            "freeze = [a], max-count = 3, note = hello, rename = [{ from = b, to = c }]";

    private final ModifierTester demo = ModifierTester.of(Demo.class);

    @TempDir
    Path folder;

    private static DemoOptions options(int maxCount, Optional<String> note, Rule... rules) {
        return new DemoOptions(List.of(Selector.parse("a")), maxCount, note, List.of(rules));
    }

    private static DemoOptions everyKey() {
        return options(3, Optional.of("hello"), new Rule("b", "c"));
    }

    private static void assertFails(String message, Executable test) {
        assertEquals(
                message, assertThrows(AssertionError.class, test).getMessage().stripTrailing());
    }

    @Test
    void whatHoldsIsSilent() {
        demo.providerIsHealthy();
        demo.defaults("freeze = [a]", options(8, Optional.empty()));
        demo.mapsEveryKey(EVERY_KEY, everyKey());
        demo.mapsEveryKey("{ type = demo, " + EVERY_KEY.replace("max-count", "max_count") + " }", everyKey());
        demo.readsFormerKeys(
                "freeze = [a], limit = 3, rename = [{ from = b, new-name = c }]",
                "freeze = [a], max-count = 3, rename = [{ from = b, to = c }]");
        demo.binds("freeze = [a], note = x", options(8, Optional.of("x")));
        demo.rejects("max-count = 0");
        demo.rejects("freeze = [a], max-count = 0", ProblemCode.OUT_OF_RANGE);
        demo.rejects("freeze = [a], rename = [{ from = a, too = b }]", ProblemCode.UNKNOWN_KEY, "rename[0].too");
        ModifierTester.of(Idle.class).providerIsHealthy();
    }

    @Test
    void problemsAreReturnedForACloserLook() {
        assertEquals(
                "must be at least 1",
                demo.rejects("freeze = [a], max-count = 0", ProblemCode.OUT_OF_RANGE)
                        .message());
        assertEquals(
                List.of("freeze", "max-count"),
                demo.rejects("freeze = a, max-count = 0").stream()
                        .map(problem -> problem.path())
                        .toList());
    }

    @Test
    void anyNameIsGood() {
        for (String name : List.of("demo", "org.example.Demo", Demo.class.getName())) {
            ModifierTester.of(name).binds("freeze = [a]", options(8, Optional.empty()));
        }
    }

    @Test
    void makesTheModifierThatAFileWouldMake() {
        ModelFixture.empty()
                .with("a", Shape.of(1), 0)
                .apply(demo.modifier("freeze = [a]"))
                .succeeds()
                .freezes("a");
    }

    @Test
    void modifiersThatCannotBeFound() {
        assertFails(
                "no modifier is called `demmo`; did you mean `demo`?",
                () -> ModifierTester.of("demmo").providerIsHealthy());
        assertFails(
                "no modifier is called `lora`; found: demo, idle",
                () -> ModifierTester.of("lora").binds(""));
        assertFails(
                "no modifier is called `lora`; found: none",
                () -> ModifierTester.of("lora", Handwritten.offeringNothing()).rejects(""));
        assertFails(
                "`io.graft.testkit.Samples$Loading` has no @Modifier, so that nothing is generated for it",
                () -> ModifierTester.of(Samples.Loading.class).modifier(""));
        assertFails(
                "no provider of `io.graft.testkit.Samples$Demo` is on the class path; let graft-processor run, in"
                        + " `annotationProcessorPaths` of the maven-compiler-plugin, and build again",
                () -> ModifierTester.of(Demo.class.getName(), Handwritten.offeringNothing())
                        .providerIsHealthy());
    }

    @Test
    void providersThatCannotBeUsed() {
        ClassLoader loader = Handwritten.offering(folder, Handwritten.Future_Provider.class);
        assertFails(
                """
                `io.graft.testkit.Handwritten$Future` cannot be used
                warning[api-level-unsupported] test-classes
                     = `io.graft.testkit.Handwritten$Future` of test-classes needs API level 99, this runtime supports 1;
                       update Graft""",
                () -> ModifierTester.of("io.graft.testkit.Handwritten$Future", loader)
                        .providerIsHealthy());
    }

    @Test
    void unhealthyProviders() {
        ClassLoader loader = Handwritten.offering(
                folder,
                Handwritten.NeglectedProvider.class,
                Handwritten.StaleProvider.class,
                Handwritten.RivalProvider.class);
        assertFails("""
                the provider of `neglected` is not healthy
                - `io.graft.testkit.Handwritten$Neglected` has no @Modifier; build again
                - the modifier is not documented; describe it in the Javadoc of `Neglected`
                - the number of options in the descriptor is 2, and in `NeglectedOptions` 1; build again
                - there is no binder `io.graft.testkit.Handwritten_NeglectedOptions_Binder`; let graft-processor run, in \
                `annotationProcessorPaths` of the maven-compiler-plugin, and build again
                - option `count` has no type; build again
                - option `size` is not documented; add its @param to the Javadoc of the record""", () -> ModifierTester.of("neglected", loader).providerIsHealthy());
        assertFails("""
                the provider of `stale` is not healthy
                - the id or the aliases of the descriptor are not those of @Modifier("idle"); build again
                - the number of options in the descriptor is 1, and the constructor takes none; build again""", () -> ModifierTester.of("stale", loader).providerIsHealthy());
        assertFails("""
                `idle` cannot be used
                warning[duplicate-id]
                     = `idle` is the name of io.graft.testkit.Handwritten$Renamed (test-classes) and \
                io.graft.testkit.Samples$Idle (test-classes);
                       name one by its class: type = "io.graft.testkit.Handwritten$Renamed\"""", () -> ModifierTester.of("idle", loader).providerIsHealthy());
        assertFails(
                """
                the provider of `idle` is not healthy
                - `idle` is the name of io.graft.testkit.Handwritten$Renamed (test-classes) and \
                io.graft.testkit.Samples$Idle (test-classes)
                - `io.graft.testkit.Handwritten$Renamed` has no @Modifier; build again""",
                () -> ModifierTester.of(Handwritten.Renamed.class.getName(), loader)
                        .providerIsHealthy());
    }

    @Test
    void optionsThatDoNotBind() {
        assertFails("""
                the options of `demo` do not bind cleanly
                error[out-of-range]  options:1  max-count
                     = must be at least 1
                     = demo (test-classes): "how much may be frozen" default 8""", () -> demo.binds("freeze = [a], max-count = 0"));
        assertFails("""
                the options of `demo` do not bind
                error[unknown-key]   options:1  nott
                     = modifier `demo` has no key `nott`;
                       did you mean `note`?
                     = keys: freeze, max-count, note, rename""", () -> demo.modifier("freeze = [a], nott = x"));
        assertFails(
                "the options are no HOCON: options: 1: Expecting a value but got wrong token: end of file",
                () -> demo.binds("note ="));
        assertFails(
                "`idle` has no options: its constructor takes no arguments",
                () -> ModifierTester.of(Idle.class).binds(""));
    }

    @Test
    void optionsThatBindToOtherValues() {
        assertFails("""
                the options of `demo` bind to other values
                maxCount: expected 8, found 9
                note: expected Optional.empty, found Optional[x]""", () -> demo.binds("freeze = [a], max-count = 9, note = x", options(8, Optional.empty())));
        assertFails("""
                the options of `demo` bind to other values
                expected: Rule[from=a, to=b]
                found:    DemoOptions[freeze=[a], maxCount=8, note=Optional.empty, rename=[]]""", () -> demo.binds("freeze = [a]", new Rule("a", "b")));
    }

    @Test
    void defaultsThatCannotShow() {
        assertFails(
                "leave out what a file may leave out, so that the defaults show: max-count, note",
                () -> demo.defaults("freeze = [a], note = x, max_count = 3", options(3, Optional.of("x"))));
    }

    @Test
    void keysThatAreNotCovered() {
        assertFails(
                "these keys of `demo` are not given: note, rename.to",
                () -> demo.mapsEveryKey(
                        "freeze = [a], max-count = 3, rename = [{ from = b }]",
                        options(3, Optional.empty(), new Rule("b", "other"))));
        assertFails(
                "these keys of `demo` have their default, so that nothing shows that they are read: max-count, rename.to",
                () -> demo.mapsEveryKey(
                        "freeze = [a], max-count = 8, note = x, rename = [{ from = b, to = other }]",
                        options(8, Optional.of("x"), new Rule("b", "other"))));
    }

    @Test
    void formerKeysThatAreNotTheSame() {
        assertFails(
                "the options of `demo` should give warnings of [deprecated-key] alone, but they bind",
                () -> demo.readsFormerKeys("freeze = [a], max-count = 3", "freeze = [a], max-count = 3"));
        assertFails("""
                the options of `demo` should give warnings of [deprecated-key] alone, but these are the problems
                error[out-of-range]  options:1  limit
                     = must be at least 1
                     = demo (test-classes): "how much may be frozen" default 8

                warning[deprecated-key] options:1 limit
                     = `limit` is called `max-count` since 1.1;
                       write `max-count`""", () -> demo.readsFormerKeys("freeze = [a], limit = 0", "freeze = [a]"));
        assertFails("""
                the former keys of `demo` bind to other values
                maxCount: expected 4, found 3""", () -> demo.readsFormerKeys("freeze = [a], limit = 3", "freeze = [a], max-count = 4"));
        assertFails(
                "these former keys of `demo` are not given: rename.new-name",
                () -> demo.readsFormerKeys("freeze = [a], limit = 3", "freeze = [a], max-count = 3"));
    }

    @Test
    void optionsThatShouldBeRefused() {
        assertFails("the options of `demo` should be refused, but they bind", () -> demo.rejects("freeze = [a]"));
        assertFails(
                "the options of `demo` should be refused with [out-of-range] alone, but they bind",
                () -> demo.rejects("freeze = [a]", ProblemCode.OUT_OF_RANGE));
        assertFails("""
                the options of `demo` should be refused with [size] at `max-count` alone, but these are the problems
                error[out-of-range]  options:1  max-count
                     = must be at least 1
                     = demo (test-classes): "how much may be frozen" default 8""", () -> demo.rejects("freeze = [a], max-count = 0", ProblemCode.SIZE, "max-count"));
    }

    @Test
    void warnings() {
        ModifierTester renamed =
                ModifierTester.of("renamed", Handwritten.offering(folder, Handwritten.RenamedProvider.class));
        renamed.binds("count = 7", renamed.warns("number = 7", ProblemCode.UNREAD_KEY, "number"));
        assertFails(
                "the options of `renamed` should give one warning, [unread-key] at `number`, but they bind",
                () -> renamed.warns("count = 7", ProblemCode.UNREAD_KEY, "number"));
        assertFails("""
                the options of `renamed` should be refused, but these are the problems
                warning[unread-key]  options:1  number
                     = `number` is now `count`;
                       write `count`""", () -> renamed.rejects("number = 7"));
    }
}
