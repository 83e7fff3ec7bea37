package io.graft.config.hocon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.graft.problem.Quoting;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each text that is looked for in what the library says is in it; one that is worded anew fails by name. */
class ParserTextTest {
    private static final Map<ParserText, String> TRIGGERS = new EnumMap<>(ParserText.class);

    static {
        TRIGGERS.put(ParserText.INTENDED, "a = encoder.*");
        TRIGGERS.put(ParserText.WANT, "a = [1");
        TRIGGERS.put(ParserText.LIST_AT_ROOT, "[1]");
        TRIGGERS.put(ParserText.SIDE_BY_SIDE, "a = {b = 1} x");
        TRIGGERS.put(ParserText.RESERVED, "a = encoder.*");
        TRIGGERS.put(ParserText.DOLLAR, "a = $x");
        TRIGGERS.put(ParserText.BAD_ESCAPE, "a = \"\\d\"");
        TRIGGERS.put(ParserText.OPEN_TRIPLE_QUOTE, "a = \"\"\"open");
        TRIGGERS.put(ParserText.OPEN_QUOTE, "a = \"open");
        TRIGGERS.put(ParserText.LINE_BREAK_IN_QUOTES, "a = \"open\nb = 1");
        TRIGGERS.put(ParserText.OPEN_SUBSTITUTION, "a = ${b");
        TRIGGERS.put(ParserText.PLUS, "a = +5");
        TRIGGERS.put(ParserText.KEY, "key");
        TRIGGERS.put(ParserText.NO_VALUE, "a {\nkey\n}");
        TRIGGERS.put(ParserText.BAD_INCLUDE, "include = 5");
        TRIGGERS.put(ParserText.END_OF_FILE, "a = {b = 1");
        TRIGGERS.put(ParserText.LIST_NOT_ENDED, "a = [1}");
        TRIGGERS.put(ParserText.NO_KEY, "a = {{b = 1}}");
        TRIGGERS.put(ParserText.GOT_COLON, "a = b:c");
        TRIGGERS.put(ParserText.TOKEN_COLON, "a = [b:c]");
        TRIGGERS.put(ParserText.GOT_EQUALS, "a = b=c");
        TRIGGERS.put(ParserText.WRONG_EQUALS, "a = = c");
        TRIGGERS.put(ParserText.UNRESOLVED, "a = ${nope}");
        TRIGGERS.put(ParserText.CYCLE, "a = ${b}\nb = ${a}");
    }

    @ParameterizedTest
    @EnumSource
    void theLibraryStillSaysSo(ParserText text) {
        ConfigException said = assertThrows(
                ConfigException.class,
                () -> ConfigFactory.parseString(TRIGGERS.get(text)).resolve(ConfigResolveOptions.noSystem()));
        // what begins a message stands behind its place, with a capital letter
        String message = said.getMessage();
        String lower = message.replaceFirst("^String: \\d+: ", "");
        assertTrue(text.in(message) || text.begins(Quoting.lowerFirst(lower)), message);
    }

    @ParameterizedTest
    @EnumSource(names = {"GOT_COLON", "TOKEN_COLON", "GOT_EQUALS", "WRONG_EQUALS"})
    void theTokenEndsTheMessageBeforeTheAdvice(ParserText text) {
        ConfigException said = assertThrows(ConfigException.class, () -> ConfigFactory.parseString(TRIGGERS.get(text)));
        String reason = ParserText.WANT.before(ParserText.INTENDED.before(said.getMessage()));
        assertTrue(text.ends(reason), reason);
    }

    /** Whether a value comes from a file or from elsewhere is told by the description of its origin. */
    @Test
    void theDescriptionOfAnOriginIsAsItWasGiven() {
        ConfigValue given = ConfigValueFactory.fromAnyRef("x", ValueOrigin.ENVIRONMENT + "HOME");
        assertEquals(ValueOrigin.ENVIRONMENT + "HOME", given.origin().description());
        assertTrue(ValueOrigin.isSystemProperty(
                ConfigFactory.systemProperties().root().get("java").origin()));
        assertTrue(ValueOrigin.isEnvironment(ConfigFactory.systemEnvironment()
                .root()
                .values()
                .iterator()
                .next()
                .origin()));
    }
}
