package io.graft.processor;

import static io.graft.processor.Mistakes.DEMO;
import static io.graft.processor.Mistakes.error;
import static io.graft.processor.Mistakes.expect;
import static io.graft.processor.Mistakes.file;
import static io.graft.processor.Mistakes.options;
import static io.graft.processor.Mistakes.warning;

import java.util.List;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;

/** Mistakes of components whose keys lie flat. */
class FlattenMistakesTest {
    private static final JavaFileObject WINDOW = file("Window", """
            /**
             * @param size one
             * @param stride two
             */
            @RemovedKey(key = "shape", since = "1", reason = "gone")
            public record Window(@Alias("width") int size, @RenamedFrom(value = "step", since = "1") int stride) {}
            """);

    private static JavaFileObject around(String components) {
        return file("Options", """
                /**
                 * @param window one
                 * @param other two
                 */
                public record Options(%s) {}
                """, components);
    }

    @Test
    void aValueHasAKeyOfItsOwn() {
        expect(
                error(
                        "bad-flatten",
                        "@Flatten applies to records of options, which lend their keys; `name` is String, which has a key"
                                + " of its own; leave @Flatten out."),
                file("Demo", DEMO),
                options("@Flatten String »name"));
    }

    @Test
    void aMapHasAKeyOfItsOwn() {
        expect(
                error(
                        "bad-flatten",
                        "@Flatten applies to records of options, which lend their keys; `name` is Map<String, String>,"
                                + " which has a key of its own; leave @Flatten out."),
                file("Demo", DEMO),
                options("@Flatten Map<String, String> »name"));
    }

    @Test
    void aListNeedsObjects() {
        expect(
                error(
                        "bad-flatten",
                        "@Flatten applies to records of options, which lend their keys; `name` is List<Window>, which needs"
                                + " an object of its own; leave @Flatten out."),
                file("Demo", DEMO),
                WINDOW,
                options("@Flatten List<Window> »name"));
    }

    @Test
    void aChoiceNeedsAnObject() {
        expect(
                error(
                        "bad-flatten",
                        "@Flatten applies to records of options, which lend their keys; `name` is Init, which needs an"
                                + " object of its own; leave @Flatten out."),
                file("Demo", DEMO),
                file("Init", "public sealed interface Init { record Zeros() implements Init {} }"),
                options("@Flatten Init »name"));
    }

    @Test
    void absenceHasNoKey() {
        expect(
                error(
                        "bad-flatten",
                        "@Flatten applies to records of options, which lend their keys; `name` is Optional<Window>, which no"
                                + " key could tell the absence of; declare the record and make its components Optional."),
                file("Demo", DEMO),
                WINDOW,
                options("@Flatten Optional<Window> »name"));
    }

    @Test
    void whatHasNoFormIsToldAsThat() {
        expect(
                error("generic-options", "options record `Pair<T>` must not be generic."),
                file("Demo", DEMO),
                file("Pair", "public record Pair<T>(T one) {}"),
                options("@Flatten Pair<String> »name"));
    }

    @Test
    void whatIsAboutAKey() {
        expect(
                List.of(error(
                        "bad-flatten",
                        "@Default is about a key, and flattened `name` has none; put it on a component of Window.")),
                file("Demo", DEMO),
                WINDOW,
                options("@Flatten »@Default(\"{ size = 1 }\") Window name"));
        expect(
                List.of(error(
                        "bad-flatten",
                        "@KeyName is about a key, and flattened `name` has none; put it on a component of Window.")),
                file("Demo", DEMO),
                WINDOW,
                options("»@KeyName(\"window\") @Flatten Window name"));
    }

    @Test
    void aKeyOfTheRecordItself() {
        expect(
                error("duplicate-key", "key `size` of flattened `window` is one of component `other`, too."),
                file("Demo", DEMO),
                WINDOW,
                around("@Flatten Window »window, @KeyName(\"size\") int other"));
    }

    @Test
    void anotherNameOfAKey() {
        expect(
                error("duplicate-key", "key `width` of flattened `window` is one of component `other`, too."),
                file("Demo", DEMO),
                WINDOW,
                around("@KeyName(\"width\") int other, @Flatten Window »window"));
        expect(
                error("duplicate-key", "key `step` of flattened `window` is one of component `other`, too."),
                file("Demo", DEMO),
                WINDOW,
                around("@Alias(\"step\") int other, @Flatten Window »window"));
    }

    @Test
    void aKeyThatIsRemoved() {
        expect(
                error("duplicate-key", "key `shape` of flattened `window` is one of component `other`, too."),
                file("Demo", DEMO),
                WINDOW,
                around("@KeyName(\"shape\") int other, @Flatten Window »window"));
        expect(
                error("duplicate-key", "key `size` of flattened `name` is one of a @RemovedKey, too."),
                file("Demo", DEMO),
                WINDOW,
                file("Options", """
                        /** @param name one */
                        @RemovedKey(key = "size", since = "1", reason = "gone")
                        public record Options(@Flatten Window »name) {}
                        """));
    }

    @Test
    void aKeyOfAnotherFlattenedRecord() {
        expect(
                error("duplicate-key", "key `size` of flattened `other` is one of flattened `window`, too."),
                file("Demo", DEMO),
                WINDOW,
                file("Size", "/** @param size one */ public record Size(int size) {}"),
                around("@Flatten Window window, @Flatten Size »other"));
    }

    @Test
    void aKeyFurtherIn() {
        expect(
                error("duplicate-key", "key `size` of flattened `other` is one of flattened `window`, too."),
                file("Demo", DEMO),
                WINDOW,
                file("Size", "/** @param size one */ public record Size(int size) {}"),
                file("Inner", "/** @param in one */ public record Inner(@Flatten Size in) {}"),
                around("@Flatten Window window, @Flatten Inner »other"));
    }

    @Test
    void aReservedKeyOfTheRecord() {
        expect(
                error(
                        "reserved-key",
                        "component `type` of `Typed` collides with a key that every modifier has; rename it or give it a"
                                + " @KeyName."),
                file("Demo", DEMO),
                file("Typed", "/** @param type one */ public record Typed(String »type) {}"),
                options("@Flatten Typed name"));
    }

    @Test
    void recursion() {
        expect(
                error(
                        "recursive-options",
                        "Options -> Inner -> Options is recursive without Optional or List; a file could never satisfy it."),
                file("Demo", DEMO),
                file("Inner", "/** @param around one */ public record Inner(@Flatten Options around) {}"),
                options("@Flatten Inner »name"));
        expect(
                error(
                        "recursive-options",
                        "Options -> Options is recursive without Optional or List; a file could never satisfy it."),
                file("Demo", DEMO),
                options("@Flatten Options »name"));
    }

    @Test
    void relationsNameTheKeysOfFlattenedRecords() {
        expect(
                error("check-path", "@Requires names `siez`, which is not a key of Options; did you mean `size`?"),
                file("Demo", DEMO),
                WINDOW,
                file("Options", """
                        /** @param name one */
                        @Requires(key = "stride", with = »"siez")
                        public record Options(@Flatten Window name) {}
                        """));
    }

    @Test
    void itIsDocumentedAsEveryComponent() {
        expect(
                warning("missing-doc", "`window` has no description; add `@param window` to the Javadoc of Options."),
                file("Demo", DEMO),
                WINDOW,
                file("Options", "/** Options. */ public record Options(@Flatten Window »window) {}"));
    }
}
