package io.graft.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Every case of the tables of what a reader must accept or refuse has a test that is named by its id. */
class CasesTest {
    private static final List<String> TESTS = List.of(
            "safetensors.SafetensorsRulesTest",
            "safetensors.ShardedTest",
            "pytorch.ContainerRefusalTest",
            "pytorch.PickleRefusalTest");

    /** What safetensors files (S), PyTorch archives and pickles (K) and sharded checkpoints (X) may do to a reader. */
    private static final String CASES = """
            S1 S2 S3 S4 S6 S7 S8 S9 S11 S12 S13 S14 S16 S17 S18 S19 S21 S22 S23 S24 S26 S27 S28 S29 S31 S32 S33 S34 S36 S37
            S38 S39
            K1 K2 K3 K4 K6 K7 K8 K9 K11 K12 K13 K14 K16 K17 K18 K19 K21 K22 K23 K24 K26 K27 K28 K29 K31 K32 K33 K34 K36 K37
            K38 K39 K41 K42 K43 K44
            X2 X3 X4 X5 X7 X8 X9
            """;

    private static final Pattern ID = Pattern.compile("^([SKX])(\\d+)(?:To[SKX](\\d+))?", Pattern.CASE_INSENSITIVE);

    @Test
    void eachCaseHasATest() throws ClassNotFoundException {
        Set<String> tested = new TreeSet<>();
        for (String name : TESTS) {
            Class<?> test = Class.forName(CasesTest.class.getPackageName() + "." + name);
            Arrays.stream(test.getDeclaredMethods())
                    .flatMap(method -> Stream.concat(
                            Stream.of(method.getName()),
                            Stream.ofNullable(method.getAnnotation(DisplayName.class))
                                    .map(DisplayName::value)))
                    .forEach(title -> addIds(title, tested));
        }
        Set<String> missing = new TreeSet<>(Arrays.asList(CASES.strip().split("\\s+")));
        assertEquals(75, missing.size());
        missing.removeAll(tested);
        assertEquals(Set.of(), missing);
    }

    /** A name such as {@code k7ToK13} stands for all between. */
    private static void addIds(String title, Set<String> ids) {
        Matcher matcher = ID.matcher(title);
        if (matcher.find()) {
            int first = Integer.parseInt(matcher.group(2));
            int last = matcher.group(3) == null ? first : Integer.parseInt(matcher.group(3));
            for (int number = first; number <= last; number++) {
                ids.add(matcher.group(1).toUpperCase(Locale.ROOT) + number);
            }
        }
    }
}
