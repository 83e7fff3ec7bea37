package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.testing.compile.Compilation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options of which a file chooses one of several records. */
class ChoicesTest {
    private static final JavaFileObject OPTIONS = Compiling.source("Options", """
            /**
             * @param init how the update begins
             * @param schedule what changes in time
             */
            public record Options(@Default("{ type = zeros }") Init init, List<Schedule> schedule) {}
            """);

    private static final JavaFileObject INIT = Compiling.source("Init", """
            public sealed interface Init {
                /** All zeros. */
                record Zeros() implements Init {}

                /**
                 * Random.
                 *
                 * @param std standard deviation
                 */
                record KaimingUniform(@Range(min = 0) double std) implements Init {}
            }
            """);

    private static final JavaFileObject SCHEDULE = Compiling.source("Schedule", """
            @Discriminator("shape")
            public sealed interface Schedule permits Constant, Stepwise {}
            """);

    private static final JavaFileObject CONSTANT = Compiling.source(
            "Constant", "/** @param value it */ public record Constant(double value) implements Schedule {}");

    private static final JavaFileObject STEPWISE = Compiling.source("Stepwise", """
            /**
             * @param each steps
             * @param then the rest
             */
            @Tag("steps")
            public record Stepwise(int each, Optional<Schedule> then) implements Schedule {}
            """);

    private static final JavaFileObject[] SOURCES = {OPTIONS, INIT, SCHEDULE, CONSTANT, STEPWISE, Compiling.modifier()};

    @TempDir
    Path folder;

    @Test
    void binder() {
        Compilation compilation = Compiling.compiler("-Werror").compile(SOURCES);
        String actual = Compiling.generated(compilation, "com.acme.Init_Binder");

        assertEquals(Golden.read("choices/Init_Binder.java"), actual, () -> "golden should be:\n" + actual);
    }

    @Test
    void theTagChoosesTheRecord() throws IOException {
        try (Extension extension = Extension.compile(folder, SOURCES)) {
            assertEquals(
                    "Options[init=KaimingUniform[std=0.5], schedule=[Constant[value=1.0],"
                            + " Stepwise[each=3, then=Optional[Constant[value=0.1]]]]]",
                    extension.bound("""
                            graft.modifiers = [{
                                type = demo
                                init { type = kaiming-uniform, std = 0.5 }
                                schedule = [
                                    { shape = constant, value = 1 }
                                    { shape = steps, each = 3, then { shape = constant, value = 0.1 } }
                                ]
                            }]
                            """));
            assertEquals("Options[init=Zeros[], schedule=[]]", extension.bound("graft.modifiers = [{ type = demo }]"));
        }
    }

    @Test
    void everyProblemIsReportedWithItsPlace() throws IOException {
        try (Extension extension = Extension.compile(folder, SOURCES)) {
            assertEquals(
                    List.of(
                            "3:19 unknown-tag graft.modifiers[0].init.type: expected one of: zeros, kaiming-uniform;"
                                    + " closest is `zeros`",
                            "5:9 missing-tag graft.modifiers[0].schedule[0].shape: modifier `demo` needs the key `shape`"
                                    + " in `schedule[0]`; one of: constant, steps; add it here",
                            "6:36 unknown-key graft.modifiers[0].schedule[1].value: modifier `demo` has no key `value`"
                                    + " in `schedule[1]`",
                            "7:69 wrong-type graft.modifiers[0].schedule[2].then.value: expected a number, found the"
                                    + " text `x`"),
                    extension.problems("""
                            graft.modifiers = [{
                                type = demo
                                init { type = zero, sdt = 1 }
                                schedule = [
                                    { value = 1 }
                                    { shape = steps, each = 3, value = 2 }
                                    { shape = steps, each = 3, then { shape = constant, value = x } }
                                ]
                            }]
                            """));
        }
    }

    @Test
    void theDescriptorTellsWhichKeysGoWithWhichTag() throws IOException {
        try (Extension extension = Extension.compile(folder, SOURCES)) {
            assertEquals(
                    List.of(
                            "init: object [] how the update begins",
                            "init.type: one of zeros, kaiming-uniform [] which init",
                            "init.std: number [if type = kaiming-uniform, at least 0] standard deviation",
                            "schedule: list of object [] what changes in time",
                            "schedule.shape: one of constant, steps [] which schedule",
                            "schedule.value: number [if shape = constant] it",
                            "schedule.each: integer [if shape = steps] steps",
                            "schedule.then: object [if shape = steps] the rest"),
                    extension.descriptor().options().stream()
                            .map(option -> option.key() + ": " + option.type() + " " + option.constraints() + " "
                                    + option.documentation())
                            .toList());
        }
    }
}
