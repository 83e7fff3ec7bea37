package io.graft.processor;

import static io.graft.processor.Mistakes.DEMO;
import static io.graft.processor.Mistakes.error;
import static io.graft.processor.Mistakes.expect;
import static io.graft.processor.Mistakes.file;
import static io.graft.processor.Mistakes.options;
import static io.graft.processor.Mistakes.rankAndR;
import static io.graft.processor.Mistakes.warning;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Mistakes of keys, of their other names, of checks and secrets; one test for each code. */
class KeyMistakesTest {
    @Test
    void duplicateKey() {
        expect(
                error(
                        "duplicate-key",
                        "components `targetModules` and `target_modules` both map to key `target-modules`."),
                file("Demo", DEMO),
                file("Options", """
                        /**
                         * @param targetModules one
                         * @param target_modules two
                         */
                        public record Options(String targetModules, String »target_modules) {}
                        """));
    }

    @Test
    void reservedKey() {
        expect(
                error(
                        "reserved-key",
                        "component `type` of `Options` collides with a key that every modifier has; "
                                + "rename it or give it a @KeyName."),
                file("Demo", DEMO),
                file("Options", "/** @param type one */ public record Options(String »type) {}"));
    }

    @Test
    void reservedKeyByName() {
        expect(
                error(
                        "reserved-key",
                        "key `type` of component `name` collides with a key that every modifier has; give it another."),
                file("Demo", DEMO),
                options("@KeyName(»\"type\") String name"));
    }

    @Test
    void reservedAlias() {
        expect(
                error(
                        "reserved-key",
                        "key `type` of component `name` collides with a key that every modifier has; give it another."),
                file("Demo", DEMO),
                options("@Alias({\"kind\", »\"type\"}) String name"));
    }

    @Test
    void componentTypeWithAnotherKey() {
        expect(
                List.of(),
                file("Demo", DEMO),
                file("Options", "/** @param type one */ public record Options(@KeyName(\"kind\") String type) {}"));
    }

    @Test
    void aliasCollides() {
        expect(
                error("alias-collides", "alias `r` of `rank` is the key of component `r`."),
                file("Demo", DEMO),
                rankAndR("@Alias(»\"r\") int rank, int r"));
    }

    @Test
    void aliasCollidesWithAnAlias() {
        expect(
                error("alias-collides", "alias `n` of `r` is another name of `rank`."),
                file("Demo", DEMO),
                rankAndR("@Alias(\"n\") int rank, @RenamedFrom(value = »\"n\", since = \"1\") int r"));
    }

    @Test
    void aliasSelf() {
        expect(
                error("alias-self", "alias `name` equals the key."),
                file("Demo", DEMO),
                options("@Alias(»\"name\") String name"));
    }

    @Test
    void aliasIsTheSecondSpelling() {
        expect(
                error("alias-self", "alias `target_modules` is already the second spelling of `target-modules`."),
                file("Demo", DEMO),
                options("@KeyName(\"target-modules\") @Alias(»\"target_modules\") String name"));
    }

    @Test
    void keySyntax() {
        expect(
                error("key-syntax", "key `target modules` must be kebab-case; dots would create a nested object."),
                file("Demo", DEMO),
                options("@KeyName(»\"target modules\") String name"));
    }

    @Test
    void aliasSyntax() {
        expect(
                error("key-syntax", "key `a.b` must be kebab-case; dots would create a nested object."),
                file("Demo", DEMO),
                options("@Alias(»\"a.b\") String name"));
    }

    @Test
    void formerKeySyntax() {
        expect(
                error("key-syntax", "key `oldName` must be kebab-case; dots would create a nested object."),
                file("Demo", DEMO),
                options("@RenamedFrom(value = »\"oldName\", since = \"1\") String name"));
    }

    @Test
    void removedStillPresent() {
        expect(
                error("removed-still-present", "@RemovedKey(\"name\") but the record still has component `name`."),
                file("Demo", DEMO),
                file("Options", """
                        /** @param name one */
                        @RemovedKey(key = »"name", since = "1", reason = "gone")
                        public record Options(String name) {}
                        """));
    }

    /** javac finds no place for an annotation that is repeated, so the record is the smallest. */
    @Test
    void removedStillPresentAmongSeveral() {
        expect(
                error("removed-still-present", "@RemovedKey(\"name\") but the record still has component `name`."),
                file("Demo", DEMO),
                file("Options", """
                        /** @param name one */
                        @RemovedKey(key = "other", since = "1", reason = "gone")
                        @RemovedKey(key = "name", since = "1", reason = "gone")
                        public »record Options(String name) {}
                        """));
    }

    @Test
    void checkSignature() {
        expect(
                error(
                        "check-signature",
                        "@Check method must be `static void name(Options, CheckSink)`; found `private static int"
                                + " sane(Options)`."),
                file("Demo", DEMO),
                file("Options", """
                        /** @param name one */
                        public record Options(String name) {
                            @Check private static int »sane(Options options) { return 0; }
                        }
                        """));
    }

    @Test
    void checkPathOfExclusive() {
        expect(
                error("check-path", "@Exclusive names `alhpa`, which is not a key of Options; did you mean `alpha`?"),
                file("Demo", DEMO),
                file("Options", """
                        /**
                         * @param alpha one
                         * @param name two
                         */
                        @Exclusive({"name", »"alhpa"})
                        public record Options(Optional<String> alpha, Optional<String> name) {}
                        """));
    }

    @Test
    void checkPathOfWhatOneKeyExcludes() {
        expect(
                error("check-path", "@Exclusive names `alhpa`, which is not a key of Options; did you mean `alpha`?"),
                file("Demo", DEMO),
                file("Options", """
                        /**
                         * @param alpha one
                         * @param name two
                         */
                        @Exclusive(key = "name", with = {"alpha", »"alhpa"})
                        public record Options(Optional<String> alpha, Optional<String> name) {}
                        """));
    }

    @Test
    void checkPathOfRequires() {
        expect(
                error("check-path", "@Requires names `seed`, which is not a key of Options."),
                file("Demo", DEMO),
                file("Options", """
                        /** @param name one */
                        @Requires(key = "name", with = »"seed")
                        public record Options(Optional<String> name) {}
                        """));
    }

    @Test
    void secretDefault() {
        expect(
                error(
                        "secret-default",
                        "@Secret component must not have a @Default (it would be published in the descriptor)."),
                file("Demo", DEMO),
                options("@Secret @Default(»\"a\") String name"));
    }

    @Test
    void secretType() {
        expect(
                warning("secret-type", "@Secret on boolean leaks nothing useful; allowed: String, Path, Map."),
                file("Demo", DEMO),
                options("»@Secret boolean name"));
    }

    @Test
    void secretMap() {
        expect(List.of(), file("Demo", DEMO), options("@Secret Map<String, String> name"));
    }
}
