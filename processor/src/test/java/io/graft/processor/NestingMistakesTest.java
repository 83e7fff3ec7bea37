package io.graft.processor;

import static io.graft.processor.Mistakes.DEMO;
import static io.graft.processor.Mistakes.error;
import static io.graft.processor.Mistakes.expect;
import static io.graft.processor.Mistakes.file;
import static io.graft.processor.Mistakes.options;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Mistakes of records in records and of choices; one test for each code. */
class NestingMistakesTest {
    @Test
    void nestedRecordMayHaveAType() {
        expect(
                List.of(),
                file("Demo", DEMO),
                file("Window", "/** @param type one */ public record Window(String type) {}"),
                options("Window name"));
    }

    @Test
    void recursiveOptions() {
        expect(
                error(
                        "recursive-options",
                        "Options -> Init -> Options is recursive without Optional or List; a file could "
                                + "never satisfy it."),
                file("Demo", DEMO),
                file("Init", "/** @param around one */ public record Init(Options around) {}"),
                options("Init »name"));
    }

    @Test
    void recursionThroughAChoiceThatLeadsNowhereElse() {
        expect(
                error(
                        "recursive-options",
                        "Options -> Init -> Around -> Options is recursive without Optional or List; a file could "
                                + "never satisfy it."),
                file("Demo", DEMO),
                file("Init", "public sealed interface Init permits Around {}"),
                file("Around", "/** @param inner one */ public record Around(Options inner) implements Init {}"),
                options("Init »name"));
    }

    @Test
    void recursionThroughAChoiceEndsWhereAnotherKindDoes() {
        expect(List.of(), file("Demo", DEMO), file("Init", """
                        public sealed interface Init {
                            record None() implements Init {}
                            /** @param first one */ record Twice(Init first) implements Init {}
                        }
                        """), options("Init name"));
    }

    @Test
    void aRecordThatLeadsToACycleIsNotPartOfIt() {
        expect(
                error(
                        "recursive-options",
                        "A -> B -> A is recursive without Optional or List; a file could never satisfy it."),
                file("Demo", DEMO),
                file("A", "/** @param b one */ public record A(B »b) {}"),
                file("B", "/** @param a one */ public record B(A a) {}"),
                options("A name"));
    }

    @Test
    void sealedOpen() {
        expect(
                error("sealed-open", "interface `Init` must be sealed to be used in options."),
                file("Demo", DEMO),
                file("Init", "public interface Init {}"),
                options("List<Init> »name"));
    }

    @Test
    void sealedNotRecord() {
        expect(
                error("sealed-not-record", "permitted subtype `Foo` of `Init` must be a record."),
                file("Demo", DEMO),
                file("Init", "public sealed interface Init permits Foo {}"),
                file("Foo", "public final »class Foo implements Init {}"),
                options("Init name"));
    }

    @Test
    void genericAlternative() {
        expect(
                error("generic-options", "options record `Foo<T>` must not be generic."),
                file("Demo", DEMO),
                file("Init", "public sealed interface Init permits Foo {}"),
                file("Foo", "public »record Foo<T>() implements Init {}"),
                options("Init name"));
    }

    @Test
    void privateChoice() {
        expect(
                error(
                        "not-accessible",
                        "`Init` must not be private (its binder is generated beside it, in a class of its own)."),
                file("Demo", DEMO),
                file("Options", """
                        /** @param init one */
                        public record Options(Init init) {
                            private sealed »interface Init {}
                            record None() implements Init {}
                        }
                        """));
    }

    @Test
    void tagDuplicate() {
        expect(
                error("tag-duplicate", "tags of `Gaussian` and `Normal` are both `gaussian`."),
                file("Demo", DEMO),
                file("Init", """
                        public sealed interface Init {
                            record Gaussian() implements Init {}
                            @Tag(»"gaussian") record Normal() implements Init {}
                        }
                        """),
                options("Init name"));
    }

    @Test
    void tagDuplicateWithoutAnnotation() {
        expect(
                error("tag-duplicate", "tags of `Gaussian` and `gaussian` are both `gaussian`."),
                file("Demo", DEMO),
                file("Init", """
                        public sealed interface Init {
                            record Gaussian() implements Init {}
                            »record gaussian() implements Init {}
                        }
                        """),
                options("Init name"));
    }

    @Test
    void tagCollides() {
        expect(
                error(
                        "tag-collides",
                        "discriminator `type` collides with component `type` of `Gaussian`; use @Discriminator(\"kind\")."),
                file("Demo", DEMO),
                file("Init", """
                        public sealed interface Init {
                            /** @param type one */ record Gaussian(String »type) implements Init {}
                        }
                        """),
                options("Init name"));
    }

    @Test
    void tagCollidesWithAnOwnDiscriminator() {
        expect(
                error(
                        "tag-collides",
                        "discriminator `kind` collides with component `kind` of `Gaussian`; use @Discriminator(\"type\")."),
                file("Demo", DEMO),
                file("Init", """
                        @Discriminator("kind")
                        public sealed interface Init {
                            /** @param kind one */ record Gaussian(String »kind) implements Init {}
                        }
                        """),
                options("Init name"));
    }

    @Test
    void badDefaultOfAChoice() {
        expect(
                error("bad-default", "@Default(\"{ type = one }\") is not an Init."),
                file("Demo", DEMO),
                file("Init", "public sealed interface Init { record None() implements Init {} }"),
                options("@Default(»\"{ type = one }\") Init name"));
    }

    @Test
    void recursionThroughAListEnds() {
        expect(List.of(), file("Demo", DEMO), options("List<Options> name"));
    }
}
